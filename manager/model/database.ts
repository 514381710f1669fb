import { SysvmError } from '@sysvm/errors'
import { Kysely, type Logger, PostgresDialect, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import pg from 'pg'
import * as cloud from './migrations/0001-cloud.ts'
import * as listOrder from './migrations/0002-list-order.ts'
import * as backoffRevision from './migrations/0003-backoff-revision.ts'
import * as scope from './migrations/0004-scope.ts'
import * as nat from './migrations/0005-nat.ts'
import * as firewall from './migrations/0006-firewall.ts'
import * as loadbalancer from './migrations/0007-loadbalancer.ts'
import * as guestServices from './migrations/0008-guest-services.ts'
import * as routing from './migrations/0009-routing.ts'
import * as memberAddress from './migrations/0011-member-address.ts'
import * as vpcDns from './migrations/0012-vpc-dns.ts'
import * as ipv6Range from './migrations/0013-ipv6-range.ts'
import * as identity from './migrations/0014-identity.ts'
import * as managers from './migrations/0015-managers.ts'
import * as hosts from './migrations/0016-hosts.ts'
import * as guests from './migrations/0017-guests.ts'
import * as record from './migrations/0018-record.ts'
import * as securityGroup from './migrations/0019-security-group.ts'
import * as scale from './migrations/0020-scale.ts'
import * as storage from './migrations/0021-storage.ts'
import * as tenancy from './migrations/0022-tenancy.ts'
import * as entry from './migrations/0023-entry.ts'
import * as moves from './migrations/0024-moves.ts'
import * as leases from './migrations/0025-leases.ts'
import * as tally from './migrations/0026-scale.ts'
import * as compat from './migrations/0027-compat.ts'
import * as networks from './migrations/0028-networks.ts'
import * as tenants from './migrations/0029-tenants.ts'
import * as patch from './migrations/0030-patch.ts'
import * as vpn from './migrations/0031-vpn.ts'
import * as remoteAccess from './migrations/0032-remote-access.ts'
import * as redundancy from './migrations/0033-redundancy.ts'
import * as remoteAccessProtocols from './migrations/0034-remote-access-protocols.ts'
import * as l2tp from './migrations/0035-l2tp.ts'
import * as events from './migrations/0036-events.ts'
import * as counts from './migrations/0037-counts.ts'
import * as renewal from './migrations/0038-renewal.ts'
import * as silence from './migrations/0039-silence.ts'
import * as redundantVpc from './migrations/0040-redundant-vpc.ts'
import * as pause from './migrations/0041-pause.ts'
import * as illRouters from './migrations/0042-ill-routers.ts'
import * as vpnUsers from './migrations/0043-vpn-users.ts'
import * as keywords from './migrations/0044-keywords.ts'
import * as vpcRenewal from './migrations/0045-vpc-renewal.ts'
import * as lists from './migrations/0048-lists.ts'
import * as marks from './migrations/0049-marks.ts'
import * as renewalEnds from './migrations/0050-renewal-ends.ts'
import * as pending from './migrations/0051-pending.ts'
import { keepRecordWhole } from './record.ts'
import type { Database } from './schema.ts'
import { getTypeParser } from './timestamp.ts'

export type { Database } from './schema.ts'

/** PostgreSQL, appendix A. */
const UNDEFINED_TABLE = '42P01'

export interface OpenOptions {
  /** Most connections held at once; 10 unless told. */
  readonly connections?: number
  /** The manager whose sessions these are: they are cut, and no more are had, once it is declared dead. */
  readonly manager?: string
  /** Longest wait for an answer in milliseconds. */
  readonly answerMs?: number
  /** Told of each query. */
  readonly log?: Logger
}

/** What PostgreSQL shows of a manager's session. A manager that is declared dead is known by how it begins. */
export const sessionName = (manager?: string, purpose = ''): string =>
  manager === undefined ? `sysvm${purpose && `-${purpose}`}` : `sysvm ${manager} ${purpose}`.trim()

/** The manager whose session this is, in a query of it; null in the sessions of nobody. */
export const managerOfSession = sql<
  string | null
>`substring(current_setting('application_name') from '^sysvm ([0-9a-f-]{36})')::uuid`

/** Managers of this process that have entered: one whose row is gone since is no newcomer but long dead. */
const entered = new Set<string>()

/** From now on no session is had for this manager without a row that says that it is up. */
export const noteEntered = (manager: string): void => void entered.add(manager)

/** A manager that was paused while others declared it dead wakes up to sessions that were cut, and opens others. */
const refuseTheDead = async (client: pg.ClientBase, manager: string): Promise<void> => {
  const { rows } = await client
    .query<{ state: string }>(`select state from manager where id = $1`, [manager])
    .catch((error: { readonly code?: string }) => {
      // Before the schema is there nobody can have been declared dead.
      if (error.code === UNDEFINED_TABLE) return { rows: [] }
      throw error
    })
  const [row] = rows
  if (row === undefined ? entered.has(manager) : row.state === 'Down')
    throw new SysvmError('SYSVM_FENCED', `Others took over from the manager ${manager}: it may change nothing more.`, {
      details: { manager },
    })
}

/**
 * The state is in memory, whatever PostgreSQL was told of the disks: an index is cheaper than a scan of the whole table
 * sooner than its defaults believe. Compiling a query takes longer than any query of ours, and so does trying all orders
 * of the eight joins that a list looks names up by: a few at a time are enough to begin where the filter is.
 */
const tune = async (client: pg.ClientBase): Promise<void> => {
  await client.query(`select set_config('random_page_cost', '1.1', false), set_config('jit', 'off', false),
    set_config('join_collapse_limit', '4', false)`)
}

/** Opens a pool on a PostgreSQL URL. A dropped idle connection is no error: the pool opens another. */
export const openDatabase = (url: string, options: OpenOptions = {}): Kysely<Database> => {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connections ?? 10,
    application_name: sessionName(options.manager),
    keepAlive: true,
    ...(options.answerMs === undefined ? {} : { query_timeout: options.answerMs }),
    // Rather an error than a caller that waits for ever.
    connectionTimeoutMillis: 15_000,
    types: { getTypeParser },
    // Here and not by the dialect, which keeps a connection that this fails for, until none is left in the pool.
    verify: (client, done) => {
      const prepare = async (): Promise<void> => {
        await tune(client)
        if (options.manager !== undefined) await refuseTheDead(client, options.manager)
      }
      prepare().then(() => done(), done)
    },
  })
  pool.on('error', () => {})
  // One that breaks while a transaction has it tells its user by the next query; unheard, the event would end the process.
  pool.on('connect', (client) => client.on('error', () => {}))
  const dialect = new PostgresDialect({ pool })
  return new Kysely<Database>({ dialect, ...(options.log === undefined ? {} : { log: options.log }) })
}

/** In the order of their names. A landed migration is never edited; a new one is added. */
const migrations = {
  '0001-cloud': cloud,
  '0002-list-order': listOrder,
  '0003-backoff-revision': backoffRevision,
  '0004-scope': scope,
  '0005-nat': nat,
  '0006-firewall': firewall,
  '0007-loadbalancer': loadbalancer,
  '0008-guest-services': guestServices,
  '0009-routing': routing,
  '0011-member-address': memberAddress,
  '0012-vpc-dns': vpcDns,
  '0013-ipv6-range': ipv6Range,
  '0017-guests': guests,
  '0018-record': record,
  '0014-identity': identity,
  '0015-managers': managers,
  '0016-hosts': hosts,
  '0022-tenancy': tenancy,
  '0023-entry': entry,
  '0025-leases': leases,
  '0029-tenants': tenants,
  '0030-patch': patch,
  '0031-vpn': vpn,
  '0032-remote-access': remoteAccess,
  '0033-redundancy': redundancy,
  '0038-renewal': renewal,
  '0034-remote-access-protocols': remoteAccessProtocols,
  '0035-l2tp': l2tp,
  '0036-events': events,
  '0020-scale': scale,
  '0026-scale': tally,
  '0021-storage': storage,
  '0019-security-group': securityGroup,
  '0027-compat': compat,
  '0028-networks': networks,
  '0024-moves': moves,
  '0037-counts': counts,
  '0039-silence': silence,
  '0040-redundant-vpc': redundantVpc,
  '0041-pause': pause,
  '0042-ill-routers': illRouters,
  '0043-vpn-users': vpnUsers,
  '0044-keywords': keywords,
  '0045-vpc-renewal': vpcRenewal,
  '0048-lists': lists,
  '0049-marks': marks,
  '0050-renewal-ends': renewalEnds,
  '0051-pending': pending,
}

/** Of every migration that this release knows. */
export const migrationNames: readonly string[] = Object.keys(migrations)

/** Brings the schema up to this code's. Managers that start together wait for each other. Rejects with SYSVM_MIGRATION. */
export const migrate = async (db: Kysely<Database>): Promise<void> => {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  const { error, results } = await migrator.migrateToLatest()
  if (error === undefined) return keepRecordWhole(db)
  const failed = results?.find((result) => result.status === 'Error')?.migrationName ?? 'the migration table'
  throw new SysvmError(
    'SYSVM_MIGRATION',
    `The database could not be migrated: ${failed} failed. See the cause in the log; nothing was changed by it.`,
    { details: { migration: failed }, cause: error },
  )
}
