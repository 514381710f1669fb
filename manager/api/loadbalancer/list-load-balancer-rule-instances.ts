import { findGuests } from '../../model/guest.ts'
import { findLoadBalancerRule, membersOf } from '../../model/loadbalancer.ts'
import { findNics } from '../../model/nic.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { guestResponse, presentGuest } from '../guest/response.ts'
import { ownersIn } from '../owner.ts'
import { pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'

const response = defineResponse('lbrulevmidip', {
  count: ['integer', 'How many there are, not only on this page.'],
  loadbalancerruleinstance: ['list', 'The guests.', guestResponse.fields],
  lbvmipaddresses: ['list', 'With lbvmips: addresses of a guest that connections go to.'],
  lbrulevmidip: [
    'list',
    'With lbvmips the guests and their addresses.',
    {
      loadbalancerruleinstance: ['object', 'The guest.', guestResponse.fields],
      lbvmipaddresses: ['list', 'The addresses by which it is a member.'],
    },
  ],
})

const HERE = ['Starting', 'Running', 'Stopping', 'Stopped', 'Error'] as const

export const listLoadBalancerRuleInstances = defineCommand({
  name: 'listLoadBalancerRuleInstances',
  authorized: everyone,
  description: 'Lists the guests that are members of a load balancer rule, or those that could be.',
  params: {
    id: p.required(p.uuid('The rule.')),
    applied: p.boolean("False: guests of the rule's network that are no members. Default true."),
    lbvmips: p.boolean('True: with the addresses by which they are members.'),
    ...search,
  },
  answer: 'flat',
  response,
  run: async ({ db }, params) => {
    const rule = found(await findLoadBalancerRule(db, params.id), 'id', 'load balancer rule', params.id)
    const members = await membersOf(db, [rule.id])
    const ids = [...new Set(members.map(({ guest }) => guest))]
    const filter = params.applied === false ? { network: rule.network, states: HERE, except: ids } : { ids }
    const guests = await findGuests(db, { ...filter, keyword: params.keyword }, pageOf(params))
    if (guests.count === 0) return {}
    const nics = await findNics(db, { guests: guests.rows.map(({ id }) => id) })
    const items = guests.rows.map(presentGuest(await ownersIn(db, guests.rows), nics))
    if (!params.lbvmips) return { count: guests.count, loadbalancerruleinstance: items }
    const lbrulevmidip = items.map((guest) => ({
      loadbalancerruleinstance: guest,
      lbvmipaddresses: members.flatMap((member) =>
        member.guest === guest.id && member.address !== null ? [member.address] : [],
      ),
    }))
    return { count: guests.count, lbrulevmidip }
  },
})
