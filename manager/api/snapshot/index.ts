import type { Command } from '../command.ts'
import { listSnapshotPolicies } from './list-snapshot-policies.ts'
import { listSnapshots } from './list-snapshots.ts'

export const snapshotCommands: readonly Command[] = [listSnapshotPolicies, listSnapshots]
