import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { notFound } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { addressResult, lockAddress } from './owned.ts'
import { ipAddressResponse } from './response.ts'

export const updateIpAddress = defineCommand({
  name: 'updateIpAddress',
  authorized: everyone,
  description: 'Accepted for clients that send it: nothing of a public address can be changed.',
  params: {
    id: p.required(p.uuid('The address.')),
    fordisplay: p.only('Whether it is shown.', true),
  },
  unsupported: ['customid'],
  answer: 'job',
  response: ipAddressResponse,
  result: addressResult,
  run: (context, { id }) =>
    write(context, async (trx) => {
      const { account } = await lockAddress(context, trx, id, 'id')
      if (account === null) throw notFound('id', 'public address', id)
      return { jobid: await doneJob(trx, 'updateIpAddress', 'IpAddress', id), id }
    }),
})
