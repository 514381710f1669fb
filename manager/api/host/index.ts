import type { Command } from '../command.ts'
import { addHost } from './add-host.ts'
import { cancelHostMaintenance } from './cancel-host-maintenance.ts'
import { deleteHost } from './delete-host.ts'
import { findHostsForMigration } from './find-hosts-for-migration.ts'
import { listHostTags } from './list-host-tags.ts'
import { listHosts } from './list-hosts.ts'
import { prepareHostForMaintenance } from './prepare-host-for-maintenance.ts'
import { reconnectHost } from './reconnect-host.ts'
import { updateHost } from './update-host.ts'

export const hostCommands: readonly Command[] = [
  addHost,
  cancelHostMaintenance,
  deleteHost,
  findHostsForMigration,
  listHostTags,
  listHosts,
  prepareHostForMaintenance,
  reconnectHost,
  updateHost,
]
