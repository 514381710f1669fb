import { lockPublicIp } from '../../model/publicip.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { addressResult } from './owned.ts'
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
      found(await lockPublicIp(trx, id), 'id', 'public address', id)
      return { jobid: await doneJob(trx, 'updateIpAddress', 'IpAddress', id), id }
    }),
})
