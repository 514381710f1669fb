import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { findGuest } from '../../model/guest.ts'
import { hasFurtherAddress, nicOnNetwork } from '../../model/nat.ts'
import type { Network } from '../../model/network.ts'
import type { Database } from '../../model/schema.ts'
import { found } from '../found.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

export interface Target {
  readonly nic: string
  /** A further address of the nic; null: its first. */
  readonly address: string | null
}

/** The guest's nic on the network, which the caller holds, where a rule leads to. `vmguestip` must be one of its addresses, when it is given. */
export const targetNic = async (
  trx: Transaction<Database>,
  virtualmachineid: string,
  network: Pick<Network, 'id' | 'name'>,
  vmguestip: string | undefined,
): Promise<Target> => {
  const guest = found(await findGuest(trx, virtualmachineid), 'virtualmachineid', 'guest', virtualmachineid)
  if (guest.desired === 'Destroyed' || guest.desired === 'Expunged')
    throw new SysvmError('SYSVM_RESOURCE_STATE', `The guest ${guest.name} is destroyed: recover it first.`)
  const nic = await nicOnNetwork(trx, virtualmachineid, network.id)
  if (nic === undefined)
    throw bad(`Parameter virtualmachineid: the guest ${guest.name} is not on the network ${network.name}.`)
  if (vmguestip === undefined || vmguestip === nic.address) return { nic: nic.id, address: null }
  if (!(await hasFurtherAddress(trx, nic.id, vmguestip)))
    throw bad(`Parameter vmguestip: the guest ${guest.name} does not have ${vmguestip} on ${network.name}.`)
  return { nic: nic.id, address: vmguestip }
}
