import type { RouterServices } from '@sysvm/router/spec'
import type { Kysely } from 'kysely'
import type { Database } from '../../../model/database.ts'
import type { RouterBase } from '../base.ts'

/** What parts need of the manager's keys: rows hold secrets sealed. */
export interface Secrets {
  /** The text that was sealed under this context, such as `sslcert/<id>`. */
  unseal(context: string, sealed: string): string
}

/**
 * One service's share of a router's spec. `read` sees the snapshot that the base is of; `spec` is pure: the same base
 * and rows, the same spec. Undefined: the service is off.
 */
export interface RouterPart<Name extends keyof RouterServices = keyof RouterServices, Rows = unknown> {
  readonly name: Name
  read(db: Kysely<Database>, base: RouterBase, secrets: Secrets): Promise<Rows>
  spec(base: RouterBase, rows: Rows): RouterServices[Name] | undefined
}
