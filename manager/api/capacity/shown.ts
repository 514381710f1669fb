import type { Kysely } from 'kysely'
import { type CapacityLevel, findCapacityOfEach } from '../../model/capacity.ts'
import type { Database } from '../../model/schema.ts'
import { seesAll } from '../access.ts'
import type { Caller } from '../caller.ts'
import type { Fields, Presented } from '../response.ts'
import { capacityResponse, presentCapacity } from './response.ts'

/** Of zones, pods and clusters that are asked for with showcapacities. */
export const capacityShown = {
  capacity: ['list', 'With showcapacities: what it has and what of it is used.', capacityResponse.fields],
} as const satisfies Fields

type Shown = Presented<typeof capacityResponse.fields>

/** What each zone, pod or cluster has, by its id; of nothing unless it is wanted by an administrator. */
export const capacitiesOf = async (
  { db, caller }: { readonly db: Kysely<Database>; readonly caller: Caller },
  level: CapacityLevel,
  wanted: boolean | undefined,
): Promise<(id: string) => { readonly capacity?: readonly Shown[] }> => {
  if (!wanted || !seesAll(caller)) return () => ({})
  const rows = await findCapacityOfEach(db, level)
  return (id) => ({ capacity: (rows.get(id) ?? []).map(presentCapacity) })
}
