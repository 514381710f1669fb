import { SysvmError } from '@sysvm/errors'
import { writeDetails } from '../../model/tag.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { distinct, instanceOf, resourceType, thingsOf } from '../tag/things.ts'
import { write } from '../write.ts'

const LONGEST_KEY = 255
const LONGEST_VALUE = 5120

/** `details[0].key=a&details[0].value=b`, or `details[0].a=b`: clients write both. */
export const detailsOf = (entries: p.MapEntries): readonly { readonly key: string; readonly value: string }[] => {
  const details = entries.flatMap((entry) =>
    'key' in entry && 'value' in entry && Object.keys(entry).length === 2
      ? [{ key: String(entry.key), value: String(entry.value) }]
      : Object.entries(entry).map(([key, value]) => ({ key, value })),
  )
  for (const { key, value } of details)
    if (key === '' || key.length > LONGEST_KEY || value.length > LONGEST_VALUE || /[\r\n]/.test(key + value))
      throw new SysvmError(
        'SYSVM_API_PARAMETER',
        `Parameter details: a key has 1 to ${LONGEST_KEY} characters and a value at most ${LONGEST_VALUE}, of one line.`,
      )
  return distinct('details', details)
}

export const addResourceDetail = defineCommand({
  name: 'addResourceDetail',
  authorized: admins,
  description: 'Says more of a thing; a key that it has already gets another value.',
  params: {
    resourceid: p.required(p.idText('The thing.')),
    resourcetype: p.required(resourceType('What it is.')),
    details: p.required(p.map('What is said: details[0].key and details[0].value.')),
    fordisplay: p.boolean('Whether users are shown it; default: true.'),
  },
  answer: 'job',
  response: successResponse,
  run: (context, { resourceid, resourcetype: kind, details, fordisplay: display = true }) =>
    write(context, async (trx) => {
      const wanted = detailsOf(details)
      const things = await thingsOf(context, trx, { parameter: 'resourceid', kind, ids: [resourceid] })
      await writeDetails(
        trx,
        kind,
        things.flatMap(({ id: resource, account }) =>
          wanted.map((detail) => ({ resource, account, ...detail, display })),
        ),
      )
      return { jobid: await doneJob(trx, 'addResourceDetail', instanceOf(kind), resourceid) }
    }),
})
