import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { inState } from './in-state.ts'

export const cancelStorageMaintenance = defineCommand({
  name: 'cancelStorageMaintenance',
  authorized: admins,
  description: 'Opens a storage pool again after its maintenance.',
  ...inState('cancelStorageMaintenance', 'Up'),
})
