import type { Command } from '../command.ts'
import { listVMSnapshot } from './list-vm-snapshot.ts'

export const vmsnapshotCommands: readonly Command[] = [listVMSnapshot]
