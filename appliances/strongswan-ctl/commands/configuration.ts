import type { Connection } from '../client/connection.ts'
import type { CallOptions } from '../client/limit.ts'
import type { ConnectionConfig } from '../model/connection.ts'
import type { AuthorityConfig, PoolConfig } from '../model/pool.ts'
import { act } from './call.ts'
import { integer, list, mapOf, type Read, record, text, word } from './shape.ts'

const readPool = record(
  { size: integer, online: integer, offline: integer },
  {
    base: text,
    leases: mapOf(record({ address: text, identity: text, status: word<'online' | 'offline'>() }, {})),
  },
)
const readPools = mapOf(readPool)
/** A loaded pool: how many addresses it has, and how many of them are leased to clients now and were before. */
export type ListedPool = Read<typeof readPool>

export interface ConfigurationCommands {
  /** Loads a connection, or replaces the one of this name. */
  loadConn(name: string, config: ConnectionConfig, options?: CallOptions): Promise<void>
  unloadConn(name: string, options?: CallOptions): Promise<void>
  /** Names of connections that were loaded by VICI. */
  getConns(options?: CallOptions): Promise<readonly string[]>
  /** Loads a pool, or changes the one of this name. */
  loadPool(name: string, config: PoolConfig, options?: CallOptions): Promise<void>
  /** charon refuses while addresses of it are in use. */
  unloadPool(name: string, options?: CallOptions): Promise<void>
  getPools(
    filter?: { readonly name?: string; readonly leases?: boolean },
    options?: CallOptions,
  ): Promise<Readonly<Record<string, ListedPool>>>
  /** Loads a certification authority, or replaces the one of this name. */
  loadAuthority(name: string, config: AuthorityConfig, options?: CallOptions): Promise<void>
  unloadAuthority(name: string, options?: CallOptions): Promise<void>
  getAuthorities(options?: CallOptions): Promise<readonly string[]>
}

export const configurationCommands = (connection: Connection): ConfigurationCommands => ({
  loadConn: async (name, config, options) => void (await act(connection, 'load-conn', { [name]: config }, options)),
  unloadConn: async (name, options) => void (await act(connection, 'unload-conn', { name }, options)),
  getConns: async (options) => list((await connection.request('get-conns', {}, options)).conns, 'conns'),
  loadPool: async (name, config, options) => void (await act(connection, 'load-pool', { [name]: config }, options)),
  unloadPool: async (name, options) => void (await act(connection, 'unload-pool', { name }, options)),
  getPools: async (filter = {}, options) =>
    readPools(await connection.request('get-pools', filter, options), 'get-pools'),
  loadAuthority: async (name, config, options) =>
    void (await act(connection, 'load-authority', { [name]: config }, options)),
  unloadAuthority: async (name, options) => void (await act(connection, 'unload-authority', { name }, options)),
  getAuthorities: async (options) =>
    list((await connection.request('get-authorities', {}, options)).authorities, 'authorities'),
})
