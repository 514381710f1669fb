import type { Command } from '../command.ts'
import { listManagementServers } from './list-management-servers.ts'

export const managementserverCommands: readonly Command[] = [listManagementServers]
