import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { findNetwork, lockNetwork, type Network } from '../../model/network.ts'
import type { Database } from '../../model/schema.ts'
import { found } from '../found.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** An isolated network that is there to stay and whose offering has a firewall, held until the transaction ends. */
export const firewalledNetwork = async (
  trx: Transaction<Database>,
  id: string,
  parameter: string,
): Promise<Network> => {
  found(await lockNetwork(trx, id), parameter, 'network', id)
  const network = found(await findNetwork(trx, id), parameter, 'network', id)
  if (network.vpc !== null)
    throw bad(`Parameter ${parameter}: ${network.name} is a tier of a VPC, where ACLs decide: use createNetworkACL.`)
  if (!(network.services.Firewall ?? []).includes('VirtualRouter'))
    throw bad(
      `Parameter ${parameter}: the offering of ${network.name} has no service Firewall: choose another network.`,
    )
  if (network.state === 'Destroy')
    throw new SysvmError('SYSVM_RESOURCE_STATE', `Network ${network.name} is being deleted: choose another.`)
  return network
}
