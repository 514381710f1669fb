import { type RawBuilder, sql } from 'kysely'

/** Names behind ids that a row keeps in an array, with commas; ids of what is gone have none. */
export const namesOf = (table: 'zone' | 'domain', ids: RawBuilder<unknown>): RawBuilder<string | null> =>
  sql<string | null>`(select string_agg(reached.name, ',' order by reached.name, reached.id)
    from ${sql.table(table)} reached where reached.id = any(${ids}))`

/** The ids themselves, in the same order. */
export const idsOf = (table: 'zone' | 'domain', ids: RawBuilder<unknown>): RawBuilder<string | null> =>
  sql<string | null>`(select string_agg(reached.id::text, ',' order by reached.name, reached.id)
    from ${sql.table(table)} reached where reached.id = any(${ids}))`

/** Whether who is in a domain of this path may use what is kept for `domains`: for all, or for a domain above it. */
export const reachesDomain = (domains: RawBuilder<unknown>, path: string): RawBuilder<boolean> =>
  sql<boolean>`(${domains} = '{}' or exists (select from domain above where above.id = any(${domains})
    and (${path} = above.path or starts_with(${path}, above.path || '/'))))`

/** Whether what is kept for `zones` is for this one too. */
export const reachesZone = (zones: RawBuilder<unknown>, zone: string): RawBuilder<boolean> =>
  sql<boolean>`(${zones} = '{}' or ${zone}::uuid = any(${zones}))`
