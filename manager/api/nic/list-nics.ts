import { findNics } from '../../model/nic.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { listedFrom, pageOf, paging } from '../paging.ts'
import * as p from '../parameter.ts'
import { nicResponse, presentNic } from './response.ts'

export const listNics = defineCommand({
  name: 'listNics',
  authorized: everyone,
  description: 'Lists the network interfaces of a guest.',
  params: {
    virtualmachineid: p.required(p.uuid('The guest.')),
    nicid: p.uuid('Only the nic of this id.'),
    networkid: p.uuid('Only nics on this network.'),
    fordisplay: p.boolean('Accepted for clients that send it; every nic is shown.'),
    keyword: p.text('Part of the address or MAC address.'),
    ...paging,
  },
  answer: 'list',
  response: nicResponse,
  run: async ({ db }, params) => {
    const all = await findNics(db, { guests: [params.virtualmachineid] })
    const { nicid } = params
    if (nicid !== undefined)
      found(
        all.find(({ id }) => id === nicid),
        'nicid',
        'nic of the guest',
        nicid,
      )
    const nics = all.filter(
      (nic) =>
        (params.nicid === undefined || nic.id === params.nicid) &&
        (params.networkid === undefined || nic.network === params.networkid) &&
        [nic.address, nic.mac].some((text) => text?.includes(params.keyword?.toLowerCase() ?? '')),
    )
    return listedFrom(nics.map(presentNic), pageOf(params))
  },
})
