import { deleteMembers, membersOf } from '../../model/loadbalancer.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { notFound } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { changeRule } from './job.ts'
import { namedGuests } from './members.ts'

export const removeFromLoadBalancerRule = defineCommand({
  name: 'removeFromLoadBalancerRule',
  authorized: everyone,
  subject: 'load_balancer_rule',
  description: 'Takes guests out of a load balancer rule; connections that they have under way may end by themselves.',
  params: {
    id: p.required(p.uuid('The rule.')),
    virtualmachineids: p.uuids('Members.'),
    vmidipmap: p.map('Members with their address: vmidipmap[0].vmid=…&vmidipmap[0].vmip=….'),
  },
  answer: 'job',
  response: successResponse,
  run: (context, { id, virtualmachineids, vmidipmap }) => {
    const named = namedGuests(virtualmachineids, vmidipmap)
    return changeRule(context, id, {
      cmd: 'removeFromLoadBalancerRule',
      work: async (trx) => {
        const members = await membersOf(trx, [id])
        const leaving = named.flatMap(({ guest, address }) => {
          const own = members.filter(
            (member) => member.guest === guest && (address === undefined || member.address === address),
          )
          if (own.length > 0) return own
          throw notFound(address === undefined ? 'virtualmachineids' : 'vmidipmap', 'member of the rule', guest)
        })
        await deleteMembers(trx, id, leaving)
      },
    })
  },
})
