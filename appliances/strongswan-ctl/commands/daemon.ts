import type { Connection } from '../client/connection.ts'
import type { CallOptions } from '../client/limit.ts'
import { accepted, act } from './call.ts'
import { integer, list, mapOf, type Read, record, text } from './shape.ts'

const readVersion = record({ daemon: text, version: text }, { sysname: text, release: text, machine: text })
export type Version = Read<typeof readVersion>

const priorities = record({ critical: integer, high: integer, medium: integer, low: integer }, {})

const readStats = record(
  {
    uptime: record({ running: text, since: text }, {}),
    workers: record({ total: integer, idle: integer, active: priorities }, {}),
    queues: priorities,
    /** Jobs that wait for their time. */
    scheduled: integer,
    ikesas: record({ total: integer, 'half-open': integer }, {}),
    plugins: list,
  },
  {
    mem: record({ total: integer, allocs: integer }, {}),
    /** Bytes. */
    mallinfo: record({ sbrk: integer, mmap: integer, used: integer, free: integer }, {}),
  },
)
export type Stats = Read<typeof readStats>

const readAlgorithms = mapOf(mapOf(text))
/** Per kind, each algorithm and the plugin that has it. */
export type Algorithms = Read<typeof readAlgorithms>

const readCounters = mapOf(mapOf(integer))
/** Per connection, each event and how often it happened; those of all together have the name ''. */
export type Counters = Read<typeof readCounters>

/** Of one connection, of each (`all`), or of all together. */
export type CounterSelector = { readonly name?: string; readonly all?: boolean }

export interface DaemonCommands {
  version(options?: CallOptions): Promise<Version>
  stats(options?: CallOptions): Promise<Stats>
  /** Reads strongswan.conf again. */
  reloadSettings(options?: CallOptions): Promise<void>
  getAlgorithms(options?: CallOptions): Promise<Algorithms>
  getCounters(selector?: CounterSelector, options?: CallOptions): Promise<Counters>
  resetCounters(selector?: CounterSelector, options?: CallOptions): Promise<void>
}

export const daemonCommands = (connection: Connection): DaemonCommands => ({
  version: async (options) => readVersion(await connection.request('version', {}, options), 'version'),
  stats: async (options) => readStats(await connection.request('stats', {}, options), 'stats'),
  reloadSettings: async (options) => void (await act(connection, 'reload-settings', {}, options)),
  getAlgorithms: async (options) =>
    readAlgorithms(await connection.request('get-algorithms', {}, options), 'get-algorithms'),
  getCounters: async (selector = {}, options) => {
    const { counters } = accepted('get-counters', await connection.request('get-counters', selector, options))
    return readCounters(counters, 'counters')
  },
  resetCounters: async (selector = {}, options) => void (await act(connection, 'reset-counters', selector, options)),
})
