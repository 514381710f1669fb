import { SysvmError } from '@sysvm/errors'
import { insertMembers, membersOf, nicsOn } from '../../model/loadbalancer.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { changeRule } from './job.ts'
import { namedGuests, nicsOf } from './members.ts'

/** The router's own limit, which its spec has too. */
const MOST_MEMBERS = 1000

export const assignToLoadBalancerRule = defineCommand({
  name: 'assignToLoadBalancerRule',
  authorized: everyone,
  subject: 'load_balancer_rule',
  description:
    "Makes guests members of a load balancer rule. A guest that is one already stays so, and that's no error.",
  params: {
    id: p.required(p.uuid('The rule.')),
    virtualmachineids: p.orNone(p.uuids("Guests, by their address on the rule's network; empty: none.")),
    vmidipmap: p.map('Guests with the address to use: vmidipmap[0].vmid=…&vmidipmap[0].vmip=….'),
  },
  answer: 'job',
  response: successResponse,
  run: (context, { id, virtualmachineids, vmidipmap }) => {
    const named = namedGuests(virtualmachineids, vmidipmap)
    return changeRule(context, id, {
      cmd: 'assignToLoadBalancerRule',
      work: async (trx, { network }) => {
        const guests = named.map(({ guest }) => guest)
        const chosen = nicsOf(named, await nicsOn(trx, network, guests), network)
        await insertMembers(trx, id, chosen)
        const { length } = await membersOf(trx, [id])
        if (length > MOST_MEMBERS)
          throw new SysvmError(
            'SYSVM_CAPACITY',
            `The rule would have ${length} members, more than ${MOST_MEMBERS}: make another rule for the rest.`,
          )
      },
    })
  },
})
