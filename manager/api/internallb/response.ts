import type { LoadBalancerMember, LoadBalancerRule } from '../../model/loadbalancer.ts'
import { stateOf } from '../loadbalancer/response.ts'
import type { Owners } from '../owner.ts'
import { defineResponse, ownerShown, type Presented } from '../response.ts'

export const internalBalancerResponse = defineResponse('loadbalancer', {
  id: ['string', "The load balancer's id."],
  name: ['string', 'Its name.'],
  description: ['string', 'What it is, for people.'],
  algorithm: ['string', 'roundrobin, leastconn or source.'],
  networkid: ['string', "The members' network."],
  sourceipaddress: ['string', 'The address that clients use.'],
  sourceipaddressnetworkid: ['string', 'The network that the address is of.'],
  ...ownerShown,
  loadbalancerrule: [
    'list',
    'Its ports.',
    {
      sourceport: ['integer', 'Port that clients use.'],
      instanceport: ['integer', 'Port of the members.'],
      state: ['string', 'Active once its router has it, until then Add.'],
    },
  ],
  loadbalancerinstance: [
    'list',
    'Its members.',
    {
      id: ['string', 'The guest.'],
      name: ['string', 'Its name.'],
      state: ['string', 'Its state.'],
      ipaddress: ['string', 'Its address.'],
    },
  ],
  tags: ['list', 'Its tags; none.'],
  fordisplay: ['boolean', 'Always true.'],
  protocol: ['string', 'tcp, udp, tcp-proxy, http or ssl. Of sysvm alone.'],
})

export const presentInternalBalancer =
  (owners: Owners, members: readonly LoadBalancerMember[]) =>
  (row: LoadBalancerRule): Presented<typeof internalBalancerResponse.fields> => ({
    id: row.id,
    name: row.name,
    description: row.description,
    algorithm: row.algorithm,
    networkid: row.network,
    sourceipaddress: row.source_address,
    sourceipaddressnetworkid: row.source_network,
    ...owners(row.account),
    loadbalancerrule: [{ sourceport: row.public_port, instanceport: row.private_port, state: stateOf(row) }],
    loadbalancerinstance: members
      .filter(({ rule }) => rule === row.id)
      .map(({ guest, name, state, address }) => ({ id: guest, name, state, ipaddress: address })),
    tags: [],
    fordisplay: true,
    protocol: row.protocol,
  })
