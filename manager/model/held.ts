import { type RawBuilder, sql } from 'kysely'

/**
 * Whether what came with a revision is in service, both given as columns: a router of the network holds it, and of two
 * none that runs lacks it, whichever of them serves.
 */
export const isHeld = (network: string, revision: string): RawBuilder<boolean> => sql<boolean>`(exists (
    select from router_network held
    where held.network = ${sql.ref(network)} and held.revision >= ${sql.ref(revision)})
  and not exists (
    select from router running
    left join router_network held on held.router = running.id and held.network = running.network
    where running.network = ${sql.ref(network)} and running.state = 'Running' and running.desired = 'Running'
      and coalesce(held.revision, 0) < ${sql.ref(revision)}))`
