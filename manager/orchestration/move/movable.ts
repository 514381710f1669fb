import type { Transaction } from 'kysely'
import type { Database } from '../../model/database.ts'
import { type Guest, networksOf, type Router } from '../../model/move.ts'
import type { Need } from '../../placement/index.ts'
import type { World } from '../world.ts'
import type { Lane } from './lane.ts'

/** A guest or router whose host may change; guests, whose disks are copied, go so many at a time. */
export type Movable =
  | { readonly kind: 'guest'; readonly row: Guest; readonly need: () => Promise<Need>; readonly lane: Lane }
  | { readonly kind: 'router'; readonly row: Router; readonly need: () => Promise<Need> }

/** Its networks reach the hosts that it is on or goes to, and no others. */
export const wakeNetworks = async (
  trx: Transaction<Database>,
  world: World,
  { kind, row }: Pick<Movable, 'kind' | 'row'>,
): Promise<void> => {
  for (const network of await networksOf(trx, kind, row.id)) await world.jobs.wake(trx, 'network', network)
  // The link of a VPC's two routers does as well.
  if ('vpc' in row && row.vpc !== null) await world.jobs.wake(trx, 'vpc', row.vpc)
}
