import { findNetboots } from '../../model/netboot.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listed, pageOf, paging } from '../paging.ts'
import * as p from '../parameter.ts'
import { netbootResponse, presentNetboot } from './response.ts'

export const listVirtualMachineNetboots = defineCommand({
  name: 'listVirtualMachineNetboots',
  authorized: admins,
  description: 'Lists what guests load when they boot over the network.',
  params: {
    virtualmachineid: p.uuid('Only that of this guest.'),
    keyword: p.text("Part of the guest's name."),
    ...paging,
  },
  answer: 'list',
  response: netbootResponse,
  run: async ({ db }, params) =>
    listed(
      await findNetboots(db, { guest: params.virtualmachineid, keyword: params.keyword }, pageOf(params)),
      presentNetboot,
    ),
})
