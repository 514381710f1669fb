import type { SpecEnvelope } from '@sysvm/agent/spec'
import { checkPool } from '../../pool.ts'
import { hasAddress, interfacesOf, networkOf, refuse, repeated } from '../../whole.ts'
import { sameName } from '../remoteaccess/users.ts'
import type { L2tp } from './spec.ts'

const WHAT = 'the L2TP VPN'

/** `others`: networks behind other sites, and addresses of clients of other VPNs. */
export const validateL2tp = (l2tp: L2tp, whole: SpecEnvelope, others: readonly string[]): void => {
  const { address, pool, subnets, users } = l2tp
  if (!interfacesOf(whole, 'public').some((nic) => hasAddress(nic, address)))
    throw refuse(`The L2TP VPN is at ${address}, which no public interface has`)
  for (const subnet of subnets)
    if (networkOf(subnet) !== subnet)
      throw refuse(`The L2TP VPN: ${subnet} has host bits; the network is ${networkOf(subnet)}`)
  const twice = repeated(users.map(({ name }) => sameName(name)))
  if (twice !== undefined) throw refuse(`The L2TP VPN has the user ${twice} twice`)
  checkPool(WHAT, pool, [...subnets, ...others], whole)
  if (pool.first === pool.last)
    throw refuse(`The pool of ${WHAT}, ${pool.first}, has no address besides the router's own`)
}
