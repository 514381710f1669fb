import { setTimeout as sleep } from 'node:timers/promises'
import type { World } from '../world.ts'
import { type Scope, scopeOf } from './scope.ts'

/** Revisions are asked for this often, and this many times at most, while they keep rising. */
const LOOK_MS = 250
const LOOKS = 16

/** Makes few commits of many changes: the first is committed at once, those on its heels together when they end. */
export interface Pacer {
  /** Resolves when the router may be committed to. */
  turn(router: { readonly id: string; readonly network: string | null; readonly vpc: string | null }): Promise<void>
  done(id: string): void
  forget(id: string): void
}

export const createPacer = (world: World): Pacer => {
  const last = new Map<string, number>()

  const revision = async ({ kind, id }: Scope): Promise<number | undefined> =>
    (await world.db.selectFrom(kind).select('revision').where('id', '=', id).executeTakeFirst())?.revision

  /** Until nothing changed between two looks, but never for ever. */
  const quiet = async (scope: Scope): Promise<void> => {
    let before = await revision(scope)
    for (let look = 0; look < LOOKS; look++) {
      await sleep(LOOK_MS)
      const now = await revision(scope)
      if (now === before) return
      before = now
    }
  }

  return {
    turn: async (router) => {
      const wait = (last.get(router.id) ?? -Infinity) + world.settings.commitSpacingMs - performance.now()
      if (wait <= 0) return
      await sleep(wait)
      await quiet(scopeOf(router))
    },
    done: (id) => void last.set(id, performance.now()),
    forget: (id) => void last.delete(id),
  }
}
