import type { Kysely } from 'kysely'
import { type Capacity, findCapacityOfEach } from '../../model/capacity.ts'
import type { Database } from '../../model/schema.ts'
import type { capacityResponse } from '../capacity/response.ts'
import type { Fields, Presented } from '../response.ts'
import { gigabytes, type Row, share } from './plain.ts'

const [MEMORY, CPU] = [0, 1]

/** What zones and clusters are measured by: what is promised to machines. What they make of it is not known. */
export const promisedFields = {
  state: ['string', 'Enabled when new things may be placed here.'],
  cpuallocated: ['string', 'Share of the processors that is promised.'],
  memorytotal: ['string', 'Memory of its hosts.'],
  memoryallocated: ['string', 'Share of the memory that is promised.'],
} as const satisfies Fields

type Part = Pick<Capacity, 'type' | 'used' | 'total'>

/** What rows that were asked for with showcapacities say already. */
const shownIn = (rows: readonly Row[]): ReadonlyMap<string, readonly Part[]> | undefined =>
  rows.some(({ capacity }) => capacity === undefined)
    ? undefined
    : new Map(
        rows.map(({ id, capacity }) => [
          id,
          (capacity as readonly Presented<typeof capacityResponse.fields>[]).map((part) => ({
            type: part.type as Capacity['type'],
            used: Number(part.capacityused),
            total: Number(part.capacitytotal),
          })),
        ]),
      )

/** By the id of each zone or cluster. */
export const promisedOf = async (
  db: Kysely<Database>,
  level: 'zone' | 'cluster',
  shown: readonly Row[],
): Promise<(id: string) => { readonly [K in Exclude<keyof typeof promisedFields, 'state'>]: string }> => {
  const rows: ReadonlyMap<string | null, readonly Part[]> = shownIn(shown) ?? (await findCapacityOfEach(db, level))
  return (id) => {
    const of = (type: number): Pick<Capacity, 'used' | 'total'> =>
      rows.get(id)?.find((row) => row.type === type) ?? { used: 0, total: 0 }
    const [memory, cpu] = [of(MEMORY), of(CPU)]
    return {
      cpuallocated: share(cpu.used, cpu.total),
      memorytotal: gigabytes(memory.total),
      memoryallocated: share(memory.used, memory.total),
    }
  }
}
