import type { ColumnType, Generated } from 'kysely'

/** CloudStack's UUIDs are the primary keys; instance names use the small `number` columns. */
export type Id = string
export type Created = Generated<Date>
/** Read as a value, written as JSON text. */
export type Json<T> = ColumnType<T, string, string>
