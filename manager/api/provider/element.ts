import type { Kysely } from 'kysely'
import type { Database } from '../../model/database.ts'
import { findProviders } from '../../model/physicalnetwork.ts'
import { found } from '../found.ts'

/** Lists that are asked about an element which is none are refused, as for every other id. */
export const checkElement = async (db: Kysely<Database>, id: string | undefined): Promise<void> => {
  if (id === undefined) return
  const { rows } = await findProviders(db, { element: id }, { limit: 1, offset: 0 })
  found(rows[0], 'id', 'element', id)
}
