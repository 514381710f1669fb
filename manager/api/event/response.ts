import type { Event } from '../../model/event/find.ts'
import type { Owners } from '../owner.ts'
import { defineResponse, type Presented } from '../response.ts'

export const eventResponse = defineResponse('event', {
  id: ['string', "The event's id; of the beginning of a job, the job's."],
  username: ['string', 'Who asked for it; system: nobody.'],
  type: ['string', 'What happened; listEventTypes names all.'],
  level: ['string', 'INFO, WARN or ERROR.'],
  description: ['string', 'The same in words, with its outcome.'],
  account: ['string', 'Account whose thing it happened to.'],
  projectid: ['string', 'The project whose thing it happened to, instead of an account.'],
  project: ['string', "That project's name."],
  domainid: ['string', "The owner's domain."],
  domain: ['string', "Name of the owner's domain."],
  domainpath: ['string', "Path of the owner's domain."],
  resourceid: ['string', 'The thing.'],
  resourcetype: ['string', 'Kind of the thing.'],
  resourcename: ['string', 'What it was called.'],
  created: ['date', 'When it happened.'],
  state: ['string', 'Scheduled: a job was made; Completed: it ended, or it was done at once.'],
  parentid: ['string', 'Of the end of a job, the event of its beginning.'],
  archived: ['boolean', 'Whether it was put aside.'],
})

export const presentEvent =
  (owners: Owners) =>
  (row: Event): Presented<typeof eventResponse.fields> => ({
    id: row.id,
    username: row.username,
    type: row.type,
    level: row.level,
    description: row.description,
    ...owners(row.account),
    resourceid: row.resource,
    resourcetype: row.resource_type,
    resourcename: row.resource_name,
    created: row.created,
    state: row.state,
    parentid: row.parent,
    archived: row.archived,
  })
