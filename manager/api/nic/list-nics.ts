import { findNics } from '../../model/nic.ts'
import { defineCommand } from '../command.ts'
import { listedFrom, pageOf, paging } from '../paging.ts'
import * as p from '../parameter.ts'
import { nicResponse, presentNic } from './response.ts'

export const listNics = defineCommand({
  name: 'listNics',
  description: 'Lists the network interfaces of a guest.',
  params: {
    virtualmachineid: p.required(p.uuid('The guest.')),
    nicid: p.uuid('Only the nic of this id.'),
    networkid: p.uuid('Only nics on this network.'),
    fordisplay: p.boolean('Accepted for clients that send it; every nic is shown.'),
    ...paging,
  },
  unsupported: ['keyword'],
  answer: 'list',
  response: nicResponse,
  run: async ({ db }, params) => {
    const nics = (await findNics(db, { guests: [params.virtualmachineid] })).filter(
      (nic) =>
        (params.nicid === undefined || nic.id === params.nicid) &&
        (params.networkid === undefined || nic.network === params.networkid),
    )
    return listedFrom(nics.map(presentNic), pageOf(params))
  },
})
