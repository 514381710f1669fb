import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { sql } from 'kysely'
import type { OpenProgram } from '../../hosts/connection.ts'
import type { World } from '../world.ts'

/** Least time between two reports, in milliseconds. */
const REPORT_MS = 5000

/** Says in a guest's row, now and then, that its move comes on: what waits for it is not overdue. */
export const reporterOf = (world: World, guest: string): (() => void) => {
  let last = Number.NEGATIVE_INFINITY
  return () => {
    if (performance.now() - last < REPORT_MS) return
    last = performance.now()
    // A report that is lost says no more than one that is late.
    world.db
      .updateTable('guest')
      .set({ progress: sql`now()` })
      .where('id', '=', guest)
      .execute()
      .catch((err: unknown) => world.log.debug({ guest, err }, 'progress was not reported'))
  }
}

/** The same stream, with a report whenever something of it comes by. */
export const watched = (packed: OpenProgram, report: () => void): OpenProgram => {
  const stdout = new Transform({
    transform: (chunk, _encoding, done) => {
      report()
      done(null, chunk)
    },
  })
  // Whoever reads it is told by the stream itself that it broke.
  pipeline(packed.stdout, stdout).catch(() => {})
  return { ...packed, stdout }
}
