import { type Kysely, sql } from 'kysely'
import type { Database } from '../../../model/database.ts'
import type { RouterBase, RouterNetwork } from '../base.ts'

/** A network's own name servers, or its VPC's, and its IPv6 addresses. */
export interface NetworkNames {
  readonly id: string
  readonly dns1: string | null
  readonly dns2: string | null
  readonly ip6dns1: string | null
  readonly ip6dns2: string | null
  readonly ip6cidr: string | null
  readonly ip6gateway: string | null
}

export const readNetworkNames = async (
  db: Kysely<Database>,
  { networks }: RouterBase,
): Promise<ReadonlyMap<string, NetworkNames>> => {
  const { rows } = await sql<NetworkNames>`
    select network.id, host(coalesce(network.dns1, vpc.dns1)) as dns1,
           host(case when network.dns1 is null then vpc.dns2 else network.dns2 end) as dns2,
           host(coalesce(network.ip6dns1, vpc.ip6dns1)) as ip6dns1,
           host(case when network.ip6dns1 is null then vpc.ip6dns2 else network.ip6dns2 end) as ip6dns2,
           network.ip6cidr::text, host(network.ip6gateway) as ip6gateway
    from network left join vpc on vpc.id = network.vpc
    where network.id = any(${networks.map(({ id }) => id)}::uuid[])`.execute(db)
  return new Map(rows.map((row) => [row.id, row]))
}

const given = (...servers: readonly (string | null | undefined)[]): string[] =>
  servers.filter((server) => server !== null && server !== undefined)

/** Whom the router asks for a network: the network's own name servers or its VPC's, else the zone's. */
export const resolvers = ({ zone }: RouterBase, names: NetworkNames | undefined): string[] => {
  const own = given(names?.dns1, names?.dns2)
  return own.length > 0 ? own : given(zone.dns1, zone.dns2)
}

/** Whom IPv6 guests are told to ask: the network's own, else the router. */
export const resolvers6 = (names: NetworkNames, routerAnswers: boolean): string[] => {
  const own = given(names.ip6dns1, names.ip6dns2)
  return own.length > 0 || !routerAnswers ? own : given(names.ip6gateway)
}

/** A router's networks that have IPv6, with what they are called by it. */
export const dualStacked = (
  { networks }: RouterBase,
  names: ReadonlyMap<string, NetworkNames>,
): readonly {
  readonly network: RouterNetwork
  readonly names: NetworkNames & { ip6cidr: string; ip6gateway: string }
}[] =>
  networks.flatMap((network) => {
    const own = names.get(network.id)
    return own === undefined || own.ip6cidr === null || own.ip6gateway === null
      ? []
      : [{ network, names: { ...own, ip6cidr: own.ip6cidr, ip6gateway: own.ip6gateway } }]
  })
