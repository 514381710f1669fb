import type { Command } from '../command.ts'
import { addHost } from './add-host.ts'
import { deleteHost } from './delete-host.ts'
import { listHosts } from './list-hosts.ts'
import { reconnectHost } from './reconnect-host.ts'
import { updateHost } from './update-host.ts'

export const hostCommands: readonly Command[] = [addHost, deleteHost, listHosts, reconnectHost, updateHost]
