import { type Kysely, sql } from 'kysely'
import type { Database } from '../../model/database.ts'

export interface RouterNicRow {
  readonly role: 'control' | 'guest' | 'public'
  readonly device: number
  readonly mac: string
  readonly address: string
  readonly gateway: string | null
  readonly netmask: string
}

export interface GuestRow {
  readonly id: string
  readonly number: number
  readonly name: string
  readonly displayname: string
  readonly mac: string
  readonly address: string
  readonly userdata: string | null
  readonly offering: string
}

/** All that a router's spec is computed from, read in one snapshot. */
export interface RouterRows {
  readonly router: { readonly id: string; readonly number: number }
  readonly network: {
    readonly cidr: string
    readonly gateway: string
    readonly networkdomain: string
    readonly revision: number
  }
  readonly zone: { readonly name: string; readonly dns1: string; readonly dns2: string | null }
  readonly offering: {
    readonly services: Readonly<Record<string, readonly string[]>>
    readonly egressdefaultpolicy: boolean
  }
  readonly nics: readonly RouterNicRow[]
  readonly guests: readonly GuestRow[]
}

const readHead = (db: Kysely<Database>, routerId: string) =>
  db
    .selectFrom('router')
    .innerJoin('network', 'network.id', 'router.network')
    .innerJoin('zone', 'zone.id', 'network.zone')
    .innerJoin('network_offering', 'network_offering.id', 'network.offering')
    .select([
      'router.id',
      'router.number',
      'router.network',
      'network.cidr',
      'network.gateway',
      'network.networkdomain',
    ])
    .select(['network.revision', 'zone.name as zone', 'zone.dns1', 'zone.dns2'])
    .select(['network_offering.services', 'network_offering.egressdefaultpolicy'])
    .where('router.id', '=', routerId)
    .executeTakeFirst()

const readGuests = async (db: Kysely<Database>, network: string): Promise<GuestRow[]> => {
  const { rows } = await sql<GuestRow>`
    select guest.id, guest.number, guest.name, guest.displayname, nic.mac::text, nic.address::text, guest.userdata,
           service_offering.name as offering
    from nic
    join guest on guest.id = nic.guest
    join service_offering on service_offering.id = guest.offering
    where nic.network = ${network} and guest.desired <> 'Expunged' and nic.mac is not null and nic.address is not null
    order by guest.number, nic.device`.execute(db)
  return rows.map((row) => ({ ...row, address: row.address.replace(/\/32$/, '') }))
}

/** Undefined when the router is gone. One snapshot: the revision and the rows belong together. */
export const readRouterRows = (db: Kysely<Database>, routerId: string): Promise<RouterRows | undefined> =>
  db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => {
      const head = await readHead(trx, routerId)
      if (head === undefined) return undefined
      const nics = await trx.selectFrom('nic').selectAll().where('router', '=', routerId).orderBy('device').execute()
      return {
        router: { id: head.id, number: head.number },
        network: {
          cidr: head.cidr,
          gateway: head.gateway,
          networkdomain: head.networkdomain,
          revision: head.revision,
        },
        zone: { name: head.zone, dns1: head.dns1, dns2: head.dns2 },
        offering: { services: head.services, egressdefaultpolicy: head.egressdefaultpolicy },
        nics: nics.map(({ role, device, mac, address, gateway, netmask }) => ({
          role,
          device,
          mac: mac ?? '',
          address: address ?? '',
          gateway,
          netmask: netmask ?? '',
        })),
        guests: await readGuests(trx, head.network),
      }
    })
