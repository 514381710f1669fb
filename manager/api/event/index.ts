import type { Command } from '../command.ts'
import { archiveEvents } from './archive-events.ts'
import { deleteEvents } from './delete-events.ts'
import { listEventTypes } from './list-event-types.ts'
import { listEvents } from './list-events.ts'

export const eventCommands: readonly Command[] = [archiveEvents, deleteEvents, listEvents, listEventTypes]
