import { randomUUID } from 'node:crypto'
import { SysvmError } from '@sysvm/errors'
import { openFirewallFor } from '../../model/firewall.ts'
import { insertIpRule } from '../../model/iprule.ts'
import { insertPortForwarding, settleAddress } from '../../model/nat.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { cidrs } from '../firewall/parameters.ts'
import * as p from '../parameter.ts'
import { lockAddressOfRule } from '../publicip/bind.ts'
import { refuseWithout, targetNetwork } from '../publicip/owned.ts'
import { write } from '../write.ts'
import { forwardingResult, reviseForwarding } from './job.ts'
import { port, portsOf, privatePorts, refuseTooWide } from './ports.ts'
import { portForwardingResponse } from './response.ts'
import { refuseStaticNat } from './static.ts'
import { targetNic } from './target.ts'

export const createPortForwardingRule = defineCommand({
  name: 'createPortForwardingRule',
  authorized: everyone,
  description: 'Forwards ports of a public address to a guest.',
  params: {
    ipaddressid: p.required(p.uuid('The public address.')),
    protocol: p.required(p.choice('Protocol.', ['tcp', 'udp'])),
    publicport: p.required(port('First port of the public address.')),
    publicendport: port('Last port of the public address; default: publicport.'),
    privateport: p.required(port('First port at the guest.')),
    privateendport: port('Last port at the guest; the ranges are of one length.'),
    virtualmachineid: p.required(p.uuid('The guest.')),
    vmguestip: p.ipv4("The guest's address on the network; default: the one it has."),
    networkid: p.uuid('Of a VPC: the tier of the guest. Of an address that no network has: the one that gets it.'),
    openfirewall: p.boolean('Whether the firewall lets the ports in. Default true; of a VPC the ACLs decide.'),
    cidrlist: cidrs('Sources that are let through; default: all.'),
    fordisplay: p.only('Whether it is shown.', true),
  },
  answer: 'job',
  response: portForwardingResponse,
  result: forwardingResult('PortForwarding'),
  run: (context, params) => {
    const { protocol, virtualmachineid, vmguestip, networkid, openfirewall, cidrlist = [] } = params
    const open = portsOf(params.publicport, params.publicendport, 'publicendport')
    const inner = privatePorts(open, params.privateport, params.privateendport)
    refuseTooWide(open, inner, cidrlist)
    // Who leaves the firewall alone must not believe that the list closes anything.
    if (openfirewall === false && cidrlist.length > 0)
      throw new SysvmError(
        'SYSVM_API_PARAMETER',
        'Parameter cidrlist: with openfirewall=false firewall rules decide who comes in; leave it out, or false.',
      )
    return write(context, async (trx) => {
      const leads = { parameter: 'ipaddressid', networkid, virtualmachineid }
      const address = await lockAddressOfRule(context, trx, params.ipaddressid, leads)
      await refuseStaticNat(trx, address)
      const network = await targetNetwork(trx, address, networkid)
      await refuseWithout(trx, { kind: 'network', id: network.id }, 'PortForwarding')
      const inVpc = address.vpc !== null
      if (inVpc && openfirewall === true)
        throw new SysvmError('SYSVM_API_PARAMETER', 'Parameter openfirewall: a VPC has ACLs instead; leave it out.')
      const target = await targetNic(trx, virtualmachineid, network, vmguestip)
      const id = randomUUID()
      const rule = {
        id,
        publicIp: address.id,
        network: network.id,
        purpose: 'PortForwarding',
        protocol,
        ...open,
      } as const
      await insertIpRule(trx, rule)
      await insertPortForwarding(trx, {
        id,
        nic: target.nic,
        guest_address: target.address,
        private_port: inner.first,
        cidrs: inVpc ? cidrlist : [],
      })
      await settleAddress(trx, address.id)
      if (!inVpc && openfirewall !== false) await openFirewallFor(trx, { ...rule, ipRule: id, cidrs: cidrlist })
      return reviseForwarding(context, trx, 'createPortForwardingRule', rule)
    })
  },
})
