import type { Command } from '../command.ts'
import { cancelStorageMaintenance } from './cancel-storage-maintenance.ts'
import { createStoragePool } from './create-storage-pool.ts'
import { deleteStoragePool } from './delete-storage-pool.ts'
import { enableStorageMaintenance } from './enable-storage-maintenance.ts'
import { listStoragePools } from './list-storage-pools.ts'
import { updateStoragePool } from './update-storage-pool.ts'

export const storagepoolCommands: readonly Command[] = [
  cancelStorageMaintenance,
  createStoragePool,
  deleteStoragePool,
  enableStorageMaintenance,
  listStoragePools,
  updateStoragePool,
]
