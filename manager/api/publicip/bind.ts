import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { networksOfGuest } from '../../model/guest.ts'
import { findNetwork, lockNetwork } from '../../model/network.ts'
import { updatePublicIp } from '../../model/publicip.ts'
import type { Database } from '../../model/schema.ts'
import type { AddressOwner } from '../../placement/index.ts'
import type { Context } from '../command.ts'
import { refuseForeign } from '../cross-account.ts'
import { found } from '../found.ts'
import { refuseDestroyed } from '../network/state.ts'
import { refuseBesideVpn } from './beside-vpn.ts'
import { isUnbound, lockAddress, lockOwnedAddress, type OwnedAddress, refuseWithout } from './owned.ts'

/** Where the first rule of an address leads, as its command says. */
interface Leads {
  readonly parameter: string
  readonly networkid?: string | undefined
  readonly virtualmachineid?: string | undefined
}

/** The network that is named, else the only one that the guest is on. */
const networkOf = async (
  trx: Transaction<Database>,
  address: string,
  { networkid, virtualmachineid }: Leads,
): Promise<string> => {
  if (networkid !== undefined) return networkid
  const networks = virtualmachineid === undefined ? [] : await networksOfGuest(trx, virtualmachineid)
  const [only] = networks
  if (only !== undefined && networks.length === 1) return only
  throw new SysvmError(
    'SYSVM_API_PARAMETER',
    `Parameter networkid is required: no network has the public address ${address} yet, and the rule binds it to one.`,
  )
}

/**
 * The address that a new rule is for, held until the transaction ends. One that its account has for no network yet
 * becomes that of the rule's network, or of its VPC, as in CloudStack; whoever makes the rule has the router hear of it.
 */
export const lockAddressOfRule = async (
  context: Context,
  trx: Transaction<Database>,
  id: string,
  leads: Leads,
): Promise<OwnedAddress> => {
  const row = await lockAddress(context, trx, id, leads.parameter)
  if (!isUnbound(row)) return lockOwnedAddress(context, trx, id, leads.parameter)
  const networkid = await networkOf(trx, row.address, leads)
  refuseDestroyed(found(await lockNetwork(trx, networkid), 'networkid', 'network', networkid))
  const network = found(await findNetwork(trx, networkid), 'networkid', 'network', networkid)
  refuseForeign(network.account, row, leads.parameter, `the address ${row.address}`)
  if (network.zone !== row.zone)
    throw new SysvmError(
      'SYSVM_API_PARAMETER',
      `Parameter ${leads.parameter}: ${row.address} is in another zone than network ${network.name}: take one of its zone.`,
    )
  const owner: AddressOwner =
    network.vpc === null ? { kind: 'network', id: network.id } : { kind: 'vpc', id: network.vpc }
  await refuseWithout(trx, owner, 'SourceNat')
  const bound = { network: network.id, vpc: network.vpc }
  await updatePublicIp(trx, id, bound)
  await refuseBesideVpn(trx, owner, id)
  return { ...row, ...bound, owner }
}
