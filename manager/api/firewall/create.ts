import { randomUUID } from 'node:crypto'
import type { NewFirewallRule } from '../../model/firewall.ts'
import type { Network } from '../../model/network.ts'
import type { Context } from '../command.ts'
import { write } from '../write.ts'
import { addRule } from './job.ts'
import { firewalledNetwork } from './network.ts'
import { shapeOf } from './parameters.ts'

type Given = Parameters<typeof shapeOf>[0] & {
  readonly networkid: string
  readonly protocol: NewFirewallRule['protocol']
}

type Particular = Pick<NewFirewallRule, 'kind' | 'traffictype' | 'cidrlist' | 'destcidrlist'>

/** Makes a rule of a network, not of an address. `particular` throws where the network cannot have such a rule. */
export const createNetworkRule = (
  context: Context,
  cmd: string,
  params: Given,
  particular: (network: Network) => Particular,
) => {
  const shape = shapeOf(params)
  return write(context, async (trx) => {
    const network = await firewalledNetwork(trx, params.networkid, 'networkid')
    return addRule(context, trx, cmd, {
      id: randomUUID(),
      network: network.id,
      public_ip: null,
      protocol: params.protocol,
      ...shape,
      related: null,
      ...particular(network),
    })
  })
}
