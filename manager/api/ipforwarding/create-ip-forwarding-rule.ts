import { randomUUID } from 'node:crypto'
import { SysvmError } from '@sysvm/errors'
import { openFirewallFor } from '../../model/firewall.ts'
import { insertIpRule } from '../../model/iprule.ts'
import { networkOfNic } from '../../model/nat.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { cidrs } from '../firewall/parameters.ts'
import * as p from '../parameter.ts'
import { forwardingResult, reviseForwarding } from '../portforwarding/job.ts'
import { port, portsOf } from '../portforwarding/ports.ts'
import { ipForwardingResponse } from '../portforwarding/response.ts'
import { lockOwnedAddress } from '../publicip/owned.ts'
import { write } from '../write.ts'

export const createIpForwardingRule = defineCommand({
  name: 'createIpForwardingRule',
  authorized: everyone,
  description: 'Lets ports in to the guest that a public address stands for.',
  params: {
    ipaddressid: p.required(p.uuid('The public address, with static NAT.')),
    protocol: p.required(p.choice('Protocol.', ['tcp', 'udp'])),
    startport: p.required(port('First port.')),
    endport: port('Last port; default: startport.'),
    openfirewall: p.boolean('Whether the firewall lets the ports in. Default true; of a VPC the ACLs decide.'),
    cidrlist: cidrs('Sources that are let through; default: all.'),
  },
  answer: 'job',
  response: ipForwardingResponse,
  result: forwardingResult('StaticNat'),
  run: (context, { ipaddressid, protocol, startport, endport, openfirewall, cidrlist = [] }) => {
    const ports = portsOf(startport, endport, 'endport')
    if (openfirewall === false && cidrlist.length > 0)
      throw new SysvmError(
        'SYSVM_API_PARAMETER',
        'Parameter cidrlist: with openfirewall=false firewall rules decide who comes in; leave it out, or false.',
      )
    return write(context, async (trx) => {
      const address = await lockOwnedAddress(context, trx, ipaddressid)
      if (address.static_nat_nic === null)
        throw new SysvmError(
          'SYSVM_API_PARAMETER',
          `Parameter ipaddressid: the address ${address.id} has no static NAT: enable it, or use createPortForwardingRule.`,
        )
      if (address.vpc !== null && (cidrlist.length > 0 || openfirewall === true))
        throw new SysvmError(
          'SYSVM_API_PARAMETER',
          `Parameter ${cidrlist.length > 0 ? 'cidrlist' : 'openfirewall'}: a VPC's ACLs decide who reaches the guest; leave it out.`,
        )
      const network = await networkOfNic(trx, address.static_nat_nic)
      const id = randomUUID()
      const rule = { id, publicIp: address.id, network, purpose: 'StaticNat', protocol, ...ports } as const
      await insertIpRule(trx, rule)
      if (address.vpc === null && openfirewall !== false)
        await openFirewallFor(trx, { ...rule, ipRule: id, cidrs: cidrlist })
      return reviseForwarding(context, trx, 'createIpForwardingRule', rule)
    })
  },
})
