import { sql } from 'kysely'
import type { World } from '../world.ts'

/** Guests and routers that are on the host, or come to it, and are not off, or are known to be running there. */
export const machinesOn = async (db: World['db'], host: string, running: readonly string[] = []) => {
  const { rows } = await sql<{
    readonly kind: 'guest' | 'router'
    readonly id: string
    readonly name: string
    readonly running: boolean
    readonly moving: boolean
    readonly code: string | null
    readonly failures: number | null
    readonly reason: string | null
  }>`
    select machine.*, backoff.code, backoff.failures from (
      select 'guest' as kind, id, 'guest ' || name as name, desired = 'Running' as running, moving, reason from guest
        where (host = ${host} or target_host = ${host})
          and (state not in ('Stopped', 'Destroyed', 'Error') or id = any(${[...running]}::uuid[]))
      union all
      select 'router', id, 'router r-' || number || '-VM', desired = 'Running', moving, reason from router
        where (host = ${host} or target_host = ${host}) and (state <> 'Stopped' or desired = 'Running')
    ) machine
    left join backoff on backoff.kind = machine.kind and backoff.target = machine.id
    order by machine.kind, machine.id`.execute(db)
  return rows
}
