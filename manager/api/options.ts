import type { BlockList } from 'node:net'
import type { Kysely } from 'kysely'
import type { Jobs } from '../jobs/index.ts'
import type { Database } from '../model/schema.ts'
import type { Authenticate } from './authenticate.ts'
import type { Bounds } from './bounds.ts'
import type { Dependencies } from './dependencies.ts'

/** The part of a logger that the API uses; pino fits. */
export interface ApiLog {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void
  info(fields: Readonly<Record<string, unknown>>, message: string): void
  error(fields: Readonly<Record<string, unknown>>, message: string): void
}

export interface ApiOptions extends Dependencies {
  readonly db: Kysely<Database>
  readonly jobs: Jobs
  readonly log?: ApiLog
  /** Default: the integration port's, the root administrator for everyone who reaches it. */
  readonly authenticate?: Authenticate
  /** The only path that answers; default: any. */
  readonly path?: string
  /** Whose X-Forwarded-For is believed; default: nobody's. */
  readonly proxies?: BlockList
  /** Default: `defaultBounds`. */
  readonly bounds?: Bounds
}
