import type { Command } from '../command.ts'
import { addImageStore } from './add-image-store.ts'
import { deleteImageStore } from './delete-image-store.ts'
import { listImageStores } from './list-image-stores.ts'
import { updateImageStore } from './update-image-store.ts'

export const imagestoreCommands: readonly Command[] = [
  addImageStore,
  deleteImageStore,
  listImageStores,
  updateImageStore,
]
