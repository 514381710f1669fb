import { eui64 } from '@sysvm/agent/spec'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../../model/database.ts'
import { gives, type RouterBase } from '../base.ts'
import { readAskedAddresses } from './addresses6.ts'
import type { RouterPart } from './part.ts'
import { dualStacked, type NetworkNames, readNetworkNames, resolvers6 } from './resolvers.ts'

interface PublicSide {
  readonly nic: string
  readonly address: string | null
  readonly cidr: string
  readonly gateway: string
}

interface Ipv6Rows {
  readonly names: ReadonlyMap<string, NetworkNames>
  readonly asked: ReadonlyMap<string, string>
  readonly publics: readonly PublicSide[]
}

const readPublics = async (db: Kysely<Database>, { router }: RouterBase): Promise<readonly PublicSide[]> => {
  const { rows } = await sql<PublicSide>`
    select nic.id as nic, host(nic.address6) as address, side.ip6cidr::text as cidr, host(side.ip6gateway) as gateway
    from nic
    join public_ip on public_ip.id = nic.public_ip
    join vlan_side6 side on side.range = public_ip.range
    where nic.router = ${router.id}
    order by nic.device`.execute(db)
  return rows
}

/** The router's side of a dual-stack network: its prefix is advertised, and leased to guests that asked for addresses. */
const guestSides = (base: RouterBase, { names, asked }: Ipv6Rows) =>
  dualStacked(base, names).map(({ network, names: own }) => {
    const reservations = base.guests.flatMap(({ network: id, nic, mac, name }) => {
      const address = id === network.id ? asked.get(nic) : undefined
      return address === undefined ? [] : [{ mac, address, hostname: name }]
    })
    return {
      device: network.device,
      addresses: [`${own.ip6gateway}/64`],
      advertisement: {
        addressing: reservations.length > 0 ? ('both' as const) : ('slaac' as const),
        nameservers: resolvers6(own, gives(network, 'Dns')),
        search: [network.networkdomain],
        mtu: Math.max(base.mtu, SMALLEST_MTU),
        ...(reservations.length > 0 ? { reservations } : {}),
      },
    }
  })

/** RFC 8200, section 5. */
const SMALLEST_MTU = 1280

export const ipv6: RouterPart<'ipv6', Ipv6Rows> = {
  name: 'ipv6',
  read: async (db, base) => ({
    names: await readNetworkNames(db, base),
    asked: await readAskedAddresses(db, base),
    publics: await readPublics(db, base),
  }),
  spec: (base, rows) => {
    const inside = guestSides(base, rows)
    // A router whose guests have no IPv6 needs none outside.
    if (inside.length === 0) return undefined
    const sides = rows.publics.flatMap(({ nic: id, address, cidr, gateway }) => {
      const nic = base.nics.find((one) => one.id === id)
      if (nic === undefined) return []
      const length = cidr.slice(cidr.indexOf('/') + 1)
      return [{ device: nic.device, addresses: [`${address ?? eui64(cidr, nic.mac)}/${length}`], gateway }]
    })
    const [first] = sides
    return {
      interfaces: [...inside, ...sides.map(({ device, addresses }) => ({ device, addresses }))],
      ...(first === undefined ? {} : { gateway: first.gateway }),
    }
  },
}
