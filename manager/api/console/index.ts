import type { Command } from '../command.ts'
import { getConsoleLog } from './get-console-log.ts'

export const consoleCommands: readonly Command[] = [getConsoleLog]
