import { SysvmError } from '@sysvm/errors'
import { lockForwardingRule, settleAddress, updatePortForwarding } from '../../model/nat.ts'
import { everyone } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { cidrs } from '../firewall/parameters.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { lockOwnedAddress, targetNetwork } from '../publicip/owned.ts'
import { write } from '../write.ts'
import { forwardingResult, reviseForwarding } from './job.ts'
import { port, privatePorts, refuseTooWide } from './ports.ts'
import { portForwardingResponse } from './response.ts'
import { targetNic } from './target.ts'

export const updatePortForwardingRule = defineCommand({
  name: 'updatePortForwardingRule',
  authorized: everyone,
  description: 'Leads a forwarding to other ports or to another guest; flows to where it led are cut.',
  params: {
    id: p.required(p.uuid('The rule.')),
    privateport: port('First port at the guest.'),
    privateendport: port('Last port at the guest; the ranges are of one length.'),
    virtualmachineid: p.uuid('Another guest on the same network.'),
    vmguestip: p.ipv4("The guest's address on the network."),
    cidrlist: cidrs('Of a VPC: sources that are let through.'),
    fordisplay: p.only('Whether it is shown.', true),
  },
  unsupported: ['customid'],
  answer: 'job',
  response: portForwardingResponse,
  result: forwardingResult('PortForwarding'),
  run: (context, { id, privateport, privateendport, virtualmachineid, vmguestip, cidrlist }) => {
    if (vmguestip !== undefined && virtualmachineid === undefined)
      throw new SysvmError('SYSVM_API_PARAMETER', 'Parameter virtualmachineid is required with vmguestip.')
    return write(context, async (trx) => {
      const seen = found(await lockForwardingRule(trx, 'PortForwarding', id), 'id', 'port forwarding rule', id)
      const address = await lockOwnedAddress(context, trx, seen.public_ip)
      const network = await targetNetwork(trx, address, seen.network ?? undefined)
      if (cidrlist !== undefined && address.vpc === null)
        throw new SysvmError(
          'SYSVM_API_PARAMETER',
          'Parameter cidrlist: only of a VPC; change the firewall rule instead.',
        )
      const first = privateport ?? seen.private_port ?? seen.first
      const inner =
        privateport === undefined && privateendport === undefined
          ? undefined
          : privatePorts(seen, first, privateendport)
      refuseTooWide(seen, inner ?? { first, last: first + seen.last - seen.first }, cidrlist ?? seen.cidrs ?? [])
      const target =
        virtualmachineid === undefined ? undefined : await targetNic(trx, virtualmachineid, network, vmguestip)
      await updatePortForwarding(
        trx,
        id,
        changes({ nic: target?.nic, guest_address: target?.address, private_port: inner?.first, cidrs: cidrlist }),
      )
      await settleAddress(trx, address.id)
      return reviseForwarding(context, trx, 'updatePortForwardingRule', { id, network: network.id })
    })
  },
})
