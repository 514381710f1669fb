import type { Command } from '../command.ts'
import { getConsoleLog } from './get-console-log.ts'
import { listConsoleSessions } from './list-console-sessions.ts'

export const consoleCommands: readonly Command[] = [getConsoleLog, listConsoleSessions]
