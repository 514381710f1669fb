import { SysvmError } from '@sysvm/errors'
import { type EventFilter, findEvents } from '../../model/event/find.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { ownerFilter, ownersIn, ownersOf } from '../owner.ts'
import { listed, pageOf, paging } from '../paging.ts'
import * as p from '../parameter.ts'
import { eventResponse, presentEvent } from './response.ts'
import { untilOf } from './until.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

const pendingOf = (within: number | undefined, after: number | undefined): EventFilter['pending'] => {
  if ((within === undefined) !== (after === undefined))
    throw bad('Parameters entrytime and duration come together: give both or neither.')
  if (within === undefined || after === undefined) return undefined
  if (within <= after) throw bad(`Parameter entrytime: ${within} is not above the duration ${after}.`)
  return { within, after }
}

export const listEvents = defineCommand({
  name: 'listEvents',
  authorized: everyone,
  description: 'Lists what happened, newest first.',
  params: {
    id: p.uuid('Only the event of this id, archived or not.'),
    archived: p.boolean('Only those that were put aside, instead of all others.'),
    startdate: p.date('Only from then on.'),
    enddate: p.date('Only until then; a date alone means the whole day.'),
    entrytime: p.integer('Only jobs that began within so many seconds; needs duration.', 1),
    duration: p.integer('Only jobs that have not ended so many seconds after they began; needs entrytime.', 0),
    level: p.choice('Only of this level.', ['INFO', 'WARN', 'ERROR']),
    state: p.choice('Only in this state.', ['Created', 'Scheduled', 'Started', 'Completed']),
    type: p.symbol('Only of this type.'),
    startid: p.uuid('Only the event of this id and the end of the job that it began.'),
    resourceid: p.idText('Only about the thing of this id; needs resourcetype.'),
    resourcetype: p.symbol('Only about things of this kind.'),
    keyword: p.text('Part of the type, level or description.'),
    ...ownerFilter,
    ...paging,
  },
  answer: 'list',
  response: eventResponse,
  run: async (context, params) => {
    const filter: EventFilter = {
      ...params,
      from: params.startdate,
      until: untilOf(params.enddate),
      accounts: await ownersOf(context, params),
      resource: params.resourceid,
      resourceType: params.resourcetype,
      start: params.startid,
      pending: pendingOf(params.entrytime, params.duration),
    }
    if (params.resourceid !== undefined && params.resourcetype === undefined)
      throw bad('Parameter resourceid: say what it is by resourcetype.')
    const found = await findEvents(context.db, filter, pageOf(params))
    return listed(found, presentEvent(await ownersIn(context.db, found.rows)))
  },
})
