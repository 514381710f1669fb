import { SysvmError } from '@sysvm/errors'
import { deleteTags as remove } from '../../model/tag.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { distinct, instanceOf, resourceType, thingsOf } from './things.ts'

interface Named {
  readonly key: string
  readonly value?: string | undefined
}

const isLine = (text: string): boolean => text.length <= 255 && !/[\r\n]/.test(text)

/** `{key}` or `{key, value}`, the names of either in any case. */
const tagOf = (entry: Readonly<Record<string, string>>): Named => {
  const {
    key = '',
    value,
    ...rest
  } = Object.fromEntries(Object.entries(entry).map(([name, text]) => [name.toLowerCase(), text]))
  if (key === '' || Object.keys(rest).length > 0 || !isLine(key) || !isLine(value ?? ''))
    throw new SysvmError(
      'SYSVM_API_PARAMETER',
      'Parameter tags: each entry needs a key and may have a value, of one line and 255 characters, nothing else.',
    )
  return { key, value: value === '' ? undefined : value }
}

export const deleteTags = defineCommand({
  name: 'deleteTags',
  authorized: everyone,
  description: 'Takes tags from things of one kind; what has none of them stays as it is.',
  since: '4.0.0',
  params: {
    resourceids: p.required(p.idTexts('The things.')),
    resourcetype: p.required(resourceType('What they are.')),
    tags: p.map('The tags: tags[0].key, and tags[0].value where only that one is meant; default: all.'),
  },
  answer: 'job',
  response: successResponse,
  run: (context, { resourceids, resourcetype: kind, tags }) =>
    write(context, async (trx) => {
      const things = await thingsOf(context, trx, { parameter: 'resourceids', kind, ids: resourceids })
      const wanted = tags && distinct('tags', tags.map(tagOf))
      await remove(trx, { resources: things.map(({ id }) => id), tags: wanted })
      return { jobid: await doneJob(trx, 'deleteTags', instanceOf(kind), String(resourceids[0])) }
    }),
})
