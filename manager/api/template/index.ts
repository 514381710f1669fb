import type { Command } from '../command.ts'
import { listTemplates } from './list-templates.ts'

export const templateCommands: readonly Command[] = [listTemplates]
