import type { Kysely } from 'kysely'
import type { Database } from '../../../model/database.ts'
import { balancerAddresses } from '../../../model/loadbalancer.ts'
import type { RouterBase, RouterNic } from '../base.ts'
import { sourceNatAddress } from '../base.ts'
import type { RouterPart } from './part.ts'

/** Addresses of internal load balancers, by the network that they are of. */
type Rows = ReadonlyMap<string, readonly string[]>

const readBalancers = async (db: Kysely<Database>, { networks }: RouterBase): Promise<Rows> => {
  const balancers = new Map<string, readonly string[]>()
  for (const { id } of networks) balancers.set(id, await balancerAddresses(db, id))
  return balancers
}

/** Its own address first, then what else the scope has on that side. */
const addressesOf = (base: RouterBase, rows: Rows, { role, network, device, address, prefix }: RouterNic): string[] => {
  const more = base.addresses.filter((one) => role === 'public' && one.device === device && one.address !== address)
  const balancers = rows.get(network ?? '') ?? []
  return [
    `${address}/${prefix}`,
    ...more.map((one) => `${one.address}/${one.prefix}`),
    ...balancers.map((one) => `${one}/${prefix}`),
  ]
}

/** What is not shared with the other router. */
const ownOf = ({ own, prefix }: RouterNic): string[] => (own === undefined ? [] : [`${own}/${prefix}`])

/** The default route leads out where guests without an address of their own do. */
const gatewayOf = (base: RouterBase): string | null | undefined =>
  sourceNatAddress(base)?.gateway ?? base.nics.find(({ role }) => role === 'public')?.gateway

/** Next hops of the ranges that the addresses on a public device are of. */
const gatewaysOn = ({ addresses }: RouterBase, device: string): string[] => [
  ...new Set(addresses.filter((one) => one.device === device).map((one) => one.gateway)),
]

export const interfaces: RouterPart<'interfaces', Rows> = {
  name: 'interfaces',
  read: readBalancers,
  spec: (base, rows) => {
    const gateway = gatewayOf(base)
    const several = new Set(base.addresses.map((one) => one.gateway)).size > 1
    return {
      interfaces: base.nics.map((nic) => ({
        device: nic.device,
        mac: nic.mac,
        // Without guests, and for the routers alone: the document knows no such role.
        role: nic.role === 'link' ? ('guest' as const) : nic.role,
        addresses: addressesOf(base, rows, nic),
        ...(base.pair === undefined || nic.role === 'control' ? {} : { own: ownOf(nic) }),
        ...(nic.role === 'guest' || nic.role === 'link' ? { mtu: base.mtu } : {}),
        ...(nic.role === 'public' && several ? { gateways: gatewaysOn(base, nic.device) } : {}),
      })),
      ...(gateway === undefined || gateway === null ? {} : { gateway }),
    }
  },
}
