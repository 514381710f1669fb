import type { Command } from '../command.ts'
import { listIsos } from './list-isos.ts'

export const isoCommands: readonly Command[] = [listIsos]
