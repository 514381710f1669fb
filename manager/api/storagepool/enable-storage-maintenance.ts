import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { inState } from './in-state.ts'

export const enableStorageMaintenance = defineCommand({
  name: 'enableStorageMaintenance',
  authorized: admins,
  description: 'Closes a storage pool for maintenance.',
  ...inState('enableStorageMaintenance', 'Maintenance'),
})
