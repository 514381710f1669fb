import { type Selectable, sql } from 'kysely'
import type { RouterTable } from '../../model/schema.ts'
import type { World } from '../world.ts'
import { addRouterNic } from './create.ts'
import { scopeOf } from './scope.ts'

interface Bare {
  readonly id: string
  readonly address: string
  readonly gateway: string
  readonly netmask: string
}

/** One address of each public side on which the scope has addresses and the router no nic that stays. */
const bareSides = async (world: World, router: Selectable<RouterTable>): Promise<readonly Bare[]> => {
  const { kind, id } = scopeOf(router)
  const { rows } = await sql<Bare>`
    select distinct on (side.physical_network, side.vlan)
           public_ip.id, host(public_ip.address) as address, host(side.gateway) as gateway, host(side.netmask) as netmask
    from public_ip
    join vlan_range side on side.id = public_ip.range
    where ${sql.ref(`public_ip.${kind}`)} = ${id} and public_ip.release_revision is null
      and not exists (
        select from nic
        join public_ip own on own.id = nic.public_ip
        join vlan_range on vlan_range.id = own.range
        where nic.router = ${router.id} and not nic.leaving
          and vlan_range.physical_network = side.physical_network and vlan_range.vlan = side.vlan)
    order by side.physical_network, side.vlan, public_ip.is_source_nat desc, public_ip.address`.execute(world.db)
  return rows
}

/** Gives the router's row a nic on each public side that it has addresses of. */
export const ensurePublicNics = async (world: World, router: Selectable<RouterTable>): Promise<void> => {
  if ((await bareSides(world, router)).length === 0) return
  await world.db.transaction().execute(async (trx) => {
    await trx.selectFrom('router').select('id').where('id', '=', router.id).forUpdate().executeTakeFirst()
    for (const { id, ...nic } of await bareSides({ ...world, db: trx }, router))
      await addRouterNic(trx, router.id, { role: 'public', public_ip: id, ...nic })
  })
}
