import type { Command } from '../command.ts'
import { listVolumes } from './list-volumes.ts'

export const volumeCommands: readonly Command[] = [listVolumes]
