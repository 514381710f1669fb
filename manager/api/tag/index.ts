import type { Command } from '../command.ts'
import { createTags } from './create-tags.ts'
import { deleteTags } from './delete-tags.ts'
import { listTags } from './list-tags.ts'

export const tagCommands: readonly Command[] = [createTags, deleteTags, listTags]
