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
    left join router_network held on held.router = running.id and held.network = ${sql.ref(network)}
    where (running.network = ${sql.ref(network)}
        or running.vpc = (select tier.vpc from network tier where tier.id = ${sql.ref(network)}))
      and running.state = 'Running' and running.desired = 'Running'
      and coalesce(held.revision, 0) < ${sql.ref(revision)}))`

/** Of a VPC's routers the one that serves: of two the primary, and of two of which nothing is known yet the first. */
export const servingRouter = (vpc: string): RawBuilder<string> => sql<string>`(
  select one.id from router one where one.vpc = ${sql.ref(vpc)}
  order by one.redundant_state = 'PRIMARY' desc, one.rank limit 1)`
