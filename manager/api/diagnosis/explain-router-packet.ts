import { SysvmError } from '@sysvm/errors'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'
import { askRouter } from '../router/ask.ts'

export const explainRouterPacket = defineCommand({
  name: 'explainRouterPacket',
  authorized: admins,
  description:
    'Sends a real packet through the rules of a router, as if it came from its source, and tells which rule lets it through or drops it; nobody gets the packet. Of sysvm alone.',
  params: {
    id: p.required(p.uuid('The router.')),
    source: p.required(p.ip('Address it seems to come from, IPv4 or IPv6.')),
    destination: p.required(p.ip('Address it is for, as its sender writes it; of the same family.')),
    protocol: p.required(p.choice('tcp, udp or icmp (of IPv6 addresses, ICMPv6).', ['tcp', 'udp', 'icmp'])),
    port: p.integer('Port it is for; needed for tcp and udp.', 1, 65_535),
  },
  answer: 'object',
  response: defineResponse('routerexplanation', {
    id: ['string', 'The router.'],
    verdict: ['string', 'forwarded; delivered: to the router itself; dropped; lost: by its routing, not by a rule.'],
    says: ['string', 'The same in one sentence.'],
    ruleid: ['string', 'Id of the rule that decided; absent where a default did.'],
    service: ['string', 'Whose rule it is.'],
    device: ['string', 'The device it came in by.'],
    steps: [
      'list',
      'What the kernel decided, in order.',
      {
        table: ['string', 'Table of the ruleset.'],
        chain: ['string', 'Chain of the table.'],
        rule: ['string', "The rule in nft's words; empty for a chain's policy."],
        verdict: ['string', 'What became of the packet there.'],
        service: ['string', 'Whose rule it was.'],
        says: ['string', 'What it means.'],
        ruleid: ['string', 'Its id.'],
      },
    ],
  }),
  run: (context, { id, source, destination, protocol, port }) => {
    if ((protocol === 'icmp') === (port !== undefined))
      throw new SysvmError('SYSVM_API_PARAMETER', 'The parameter port is needed for tcp and udp, and only there.', {
        details: { parameter: 'port' },
      })
    if (source.includes(':') !== destination.includes(':'))
      throw new SysvmError(
        'SYSVM_API_PARAMETER',
        `The parameter destination is not of the same family as the source ${source}.`,
        { details: { parameter: 'destination' } },
      )
    return askRouter(context, 'id', id, async (client) => {
      const request = {
        kind: 'explain',
        source,
        destination,
        protocol,
        ...(port === undefined ? {} : { port }),
      } as const
      const { id: ruleid, steps, ...told } = await client.explain(request)
      return { id, ...told, ruleid, steps: steps.map(({ id: of, ...step }) => ({ ...step, ruleid: of })) }
    })
  },
})
