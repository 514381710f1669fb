import { SysvmError } from '@sysvm/errors'
import { updateNetworkOfferingRow } from '../../model/offering.ts'
import { admins } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { networkOfferingResponse, presentNetworkOffering } from './response.ts'

export const updateNetworkOffering = defineCommand({
  name: 'updateNetworkOffering',
  authorized: admins,
  description: 'Renames, enables or disables a kind of guest network; networks made of it stay as they are.',
  params: {
    id: p.uuid('The offering.'),
    name: p.name('New name.'),
    displaytext: p.text('New text for people.'),
    state: p.choice('Enabled: networks can be made of it.', ['Enabled', 'Disabled']),
    availability: p.choice('Whether it must be there.', ['Optional']),
  },
  unsupported: ['domainid', 'keepaliveenabled', 'maxconnections', 'sortkey', 'tags', 'zoneid'],
  answer: 'object',
  response: networkOfferingResponse,
  run: (context, { id, name, displaytext, state }) => {
    if (id === undefined)
      throw new SysvmError('SYSVM_API_PARAMETER', 'Parameter id is required by updateNetworkOffering.')
    return write(context, async (trx) => {
      const row = await updateNetworkOfferingRow(trx, id, changes({ name, displaytext, state }))
      return presentNetworkOffering(found(row, 'id', 'network offering', id))
    })
  },
})
