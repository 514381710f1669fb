import type { Kysely } from 'kysely'
import type { Database } from '../../../model/database.ts'
import type { NicDhcpOption } from '../../../model/schema/guestservices.ts'
import { gives, type RouterBase, type RouterNetwork } from '../base.ts'
import type { RouterPart } from './part.ts'
import { type NetworkNames, readNetworkNames, resolvers } from './resolvers.ts'

interface DhcpRows {
  readonly names: ReadonlyMap<string, NetworkNames>
  /** By nic; those without options are absent. */
  readonly options: ReadonlyMap<string, readonly NicDhcpOption[]>
  /** Nics of guests that leave by another one. */
  readonly aside: ReadonlySet<string>
}

const readOptions = async (db: Kysely<Database>, { guests }: RouterBase): Promise<DhcpRows['options']> => {
  if (guests.length === 0) return new Map()
  const rows = await db
    .selectFrom('nic')
    .select(['id', 'dhcp_options'])
    .where('network', 'in', [...new Set(guests.map(({ network }) => network))])
    .where('guest', 'is not', null)
    .where((eb) => eb(eb.cast<string>('dhcp_options', 'text'), '<>', '[]'))
    .execute()
  return new Map(rows.map(({ id, dhcp_options }) => [id, dhcp_options]))
}

const readAside = async (db: Kysely<Database>, { guests }: RouterBase): Promise<DhcpRows['aside']> => {
  if (guests.length === 0) return new Set()
  const rows = await db
    .selectFrom('nic')
    .innerJoin('guest', 'guest.id', 'nic.guest')
    .select('nic.id')
    .where('nic.network', 'in', [...new Set(guests.map(({ network }) => network))])
    .whereRef('nic.device', '<>', 'guest.default_device')
    .execute()
  return new Set(rows.map(({ id }) => id))
}

const subnet = (base: RouterBase, rows: DhcpRows, network: RouterNetwork) => ({
  device: network.device,
  network: network.cidr,
  gateway: network.gateway,
  nameservers: gives(network, 'Dns') ? [network.gateway] : resolvers(base, rows.names.get(network.id)),
  domain: network.networkdomain,
  ...searchOf(base, network),
  reservations: base.guests
    .filter((guest) => guest.network === network.id)
    .map(({ mac, address, name, nic }) => {
      const options = rows.options.get(nic) ?? []
      return {
        ...{ mac, address, hostname: name },
        ...(options.length === 0 ? {} : { options: [...options] }),
        ...(rows.aside.has(nic) ? { defaultRoute: false } : {}),
      }
    }),
  mtu: base.mtu,
})

/** Guests look in their own domain first, then in that of their VPC. */
const searchOf = ({ vpc }: RouterBase, { networkdomain }: RouterNetwork): { search?: string[] } =>
  vpc === undefined || vpc.networkdomain === networkdomain ? {} : { search: [networkdomain, vpc.networkdomain] }

export const dhcp: RouterPart<'dhcp', DhcpRows> = {
  name: 'dhcp',
  read: async (db, base) => ({
    names: await readNetworkNames(db, base),
    options: await readOptions(db, base),
    aside: await readAside(db, base),
  }),
  spec: (base, rows) => {
    const served = base.networks.filter((network) => gives(network, 'Dhcp'))
    if (served.length === 0) return undefined
    return { leaseSeconds: 86_400, subnets: served.map((network) => subnet(base, rows, network)) }
  },
}
