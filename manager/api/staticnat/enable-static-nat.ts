import { SysvmError } from '@sysvm/errors'
import { rulesOfAddress, settleAddress } from '../../model/nat.ts'
import { reviseNetwork } from '../../model/network.ts'
import { findPublicIps, updatePublicIp } from '../../model/publicip.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { targetNic } from '../portforwarding/target.ts'
import { lockAddressOfRule } from '../publicip/bind.ts'
import { type OwnedAddress, refuseWithout, targetNetwork } from '../publicip/owned.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

const conflict = (sentence: string, rule: string, other: string | null) =>
  new SysvmError('SYSVM_NETWORK_CONFLICT', sentence, { details: { rule, other } })

/** Source NAT and rules for ports need the address for more than one guest. */
const refuseSourceNat = ({ id, address, is_source_nat: isSourceNat }: OwnedAddress): void => {
  if (isSourceNat)
    throw new SysvmError(
      'SYSVM_API_PARAMETER',
      `Parameter ipaddressid: all guests go out by ${address} (${id}), the source NAT address: take another one.`,
    )
}

export const enableStaticNat = defineCommand({
  name: 'enableStaticNat',
  authorized: everyone,
  description: 'Has a public address stand for one guest, in both directions and for every protocol.',
  params: {
    ipaddressid: p.required(p.uuid('The public address.')),
    virtualmachineid: p.required(p.uuid('The guest.')),
    networkid: p.uuid('Of a VPC: the tier of the guest. Of an address that no network has: the one that gets it.'),
    vmguestip: p.ipv4("The guest's address on the network; default: the one it has."),
  },
  answer: 'success',
  response: successResponse,
  run: (context, { ipaddressid, virtualmachineid, networkid, vmguestip }) =>
    write(context, async (trx) => {
      const leads = { parameter: 'ipaddressid', networkid, virtualmachineid }
      const address = await lockAddressOfRule(context, trx, ipaddressid, leads)
      refuseSourceNat(address)
      const network = await targetNetwork(trx, address, networkid)
      await refuseWithout(trx, { kind: 'network', id: network.id }, 'StaticNat')
      const { nic, address: guestAddress } = await targetNic(trx, virtualmachineid, network, vmguestip)
      if (address.static_nat_nic === nic && address.static_nat_address === guestAddress) return
      if (address.static_nat_nic !== null)
        throw conflict(
          `The public address ${address.id} stands for another guest already, by the nic ${address.static_nat_nic}: disable that first.`,
          address.id,
          address.static_nat_nic,
        )
      const [rule] = await rulesOfAddress(trx, address.id)
      if (rule !== undefined)
        throw conflict(
          `The public address ${address.id} has the ${rule.purpose} rule ${rule.id}: delete it, or use another address.`,
          address.id,
          rule.id,
        )
      const { rows } = await findPublicIps(trx, { staticNic: nic }, { limit: 100, offset: 0 })
      const same = rows.find((row) => row.static_nat_address === guestAddress)
      if (same !== undefined)
        throw conflict(
          `The guest ${virtualmachineid} has the public address ${same.id} already, and ${address.id} would be a second one.`,
          address.id,
          same.id,
        )
      await updatePublicIp(trx, address.id, { static_nat_nic: nic, static_nat_address: guestAddress })
      await settleAddress(trx, address.id)
      await reviseNetwork(trx, network.id)
      await context.jobs.wake(trx, 'network', network.id)
    }),
})
