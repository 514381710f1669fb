import { networksOfRange, type SpecEnvelope, toNumber } from '@sysvm/agent/spec'
import { checkPool } from '../pool.ts'
import { hasAddress, interfacesOf, networkOf, refuse, repeated, servicesOf } from '../whole.ts'
import type { WireGuardSpec } from './spec.ts'

const WHAT = 'WireGuard'

/** UDP ports that a router's other services have at its public addresses. */
const TAKEN = [3780, 4500]

const checkPeers = ({ pool, peers }: WireGuardSpec): void => {
  const twice = {
    user: repeated(peers.map(({ user }) => user.toLowerCase())),
    address: repeated(peers.map(({ address }) => address)),
    key: repeated(peers.map(({ publicKey }) => publicKey)),
  }
  for (const [what, value] of Object.entries(twice))
    if (value !== undefined) throw refuse(`${WHAT} has the ${what} ${value} twice`)
  const [first, last] = [toNumber(pool.first), toNumber(pool.last)]
  const outside = peers.find(({ address }) => toNumber(address) < first || toNumber(address) > last)
  if (outside !== undefined)
    throw refuse(`${WHAT}: ${outside.user}'s ${outside.address} is not of the pool ${pool.first}-${pool.last}`)
}

/** Addresses that are at the other end of the router's IPsec. */
const elsewhere = (whole: SpecEnvelope): readonly string[] => {
  const { vpn } = servicesOf(whole)
  return [
    ...(vpn?.connections ?? []).flatMap(({ remote }) => remote.subnets),
    ...(vpn?.remoteAccess === undefined ? [] : networksOfRange(vpn.remoteAccess.pool)),
    ...(vpn?.l2tp === undefined ? [] : networksOfRange(vpn.l2tp.pool)),
  ]
}

/** Rules across the document; throws SYSVM_SPEC_INVALID. */
export const validate = (spec: WireGuardSpec, whole: SpecEnvelope): void => {
  const { address, port, pool, subnets } = spec
  if (!interfacesOf(whole, 'public').some((nic) => hasAddress(nic, address)))
    throw refuse(`${WHAT} is at ${address}, which no public interface has`)
  if (TAKEN.includes(port)) throw refuse(`${WHAT}: the port ${port} is another service's`)
  for (const subnet of subnets)
    if (networkOf(subnet) !== subnet)
      throw refuse(`${WHAT}: ${subnet} has host bits; the network is ${networkOf(subnet)}`)
  checkPool(WHAT, pool, [...subnets, ...elsewhere(whole)], whole)
  checkPeers(spec)
}
