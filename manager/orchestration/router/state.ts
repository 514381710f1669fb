import type { Kysely } from 'kysely'
import type { Database } from '../../model/database.ts'
import { unseal } from '../keys/index.ts'
import type { World } from '../world.ts'
import { type RouterBase, readBase } from './base.ts'
import { parts } from './parts/index.ts'
import type { Secrets } from './parts/part.ts'

/** All that a router's spec is computed from. */
export interface RouterState {
  readonly base: RouterBase
  /** What each part read, by its name. */
  readonly rows: Readonly<Record<string, unknown>>
}

const readParts = async (db: Kysely<Database>, base: RouterBase, secrets: Secrets): Promise<RouterState> => {
  const rows: Record<string, unknown> = {}
  for (const part of parts) rows[part.name] = await part.read(db, base, secrets)
  return { base, rows }
}

/** Undefined when the router is gone. One snapshot: the revisions and the rows belong together. */
export const readRouterState = (world: World, routerId: string): Promise<RouterState | undefined> =>
  world.db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => {
      const base = await readBase(trx, routerId, world.settings.guestMtu)
      const secrets: Secrets = { unseal: (context, sealed) => unseal(world.keys.sealKey, context, sealed) }
      return base && readParts(trx, base, secrets)
    })
