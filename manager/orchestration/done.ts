import { type RawBuilder, sql } from 'kysely'

/** Reboots that are done: those wanted when it began, or fewer where one was taken back meanwhile. */
export const rebootsDone = (wanted: number): RawBuilder<number> => sql`least(reboots_wanted, ${wanted}::integer)`

/** The same of restarts, of which a later one may be done already. */
export const restartsDone = (wanted: number): RawBuilder<number> =>
  sql`least(restarts_wanted, greatest(restarts_done, ${wanted}))`
