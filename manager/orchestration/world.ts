import type { AgentEvent } from '@sysvm/agent/api'
import type { Kysely } from 'kysely'
import type { HostDriver } from '../hosts/driver.ts'
import type { DriverName, Fence } from '../hosts/index.ts'
import type { Jobs } from '../jobs/index.ts'
import type { Database } from '../model/database.ts'
import type { IllRule } from '../model/ill-routers.ts'
import type { ImageFirmware } from './images/firmware.ts'
import type { Keys } from './keys/index.ts'

export interface Log {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void
  info(fields: Readonly<Record<string, unknown>>, message: string): void
  warn(fields: Readonly<Record<string, unknown>>, message: string): void
  error(fields: Readonly<Record<string, unknown>>, message: string): void
}

/** HTTP with a system VM's agent over one SSH connection; the agent's refusals come as SysvmError. */
export interface ControlClient {
  request<T>(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH',
    path: string,
    options?: {
      readonly body?: unknown
      readonly headers?: Readonly<Record<string, string>>
      /** For the whole exchange; default 60 s. */
      readonly timeoutMs?: number
    },
  ): Promise<T>
  /** Events as they come: those after the given id first, then a heartbeat, and on until the signal. Rejects when cut off. */
  events(options: { readonly after?: number | undefined; readonly signal: AbortSignal }): AsyncIterable<AgentEvent>
  close(): Promise<void>
}

export interface ControlTarget {
  /** Link-local address of the system VM. */
  readonly address: string
  /** OpenSSH public key it is pinned to. */
  readonly hostKey: string
  /** OpenSSH private key of the manager. */
  readonly privateKey: string
}

export interface HostAccess {
  readonly id: string
  readonly url: string
  readonly driver: DriverName
  readonly hostKey: string | null
  readonly fence?: Fence | undefined
}

/** Everything the reconcilers act through; tests give their own. */
export interface World {
  readonly db: Kysely<Database>
  readonly jobs: Jobs
  readonly keys: Keys
  readonly log: Log
  readonly hosts: {
    /** The driver of a host, connected when first used and kept. */
    open(host: HostAccess): HostDriver
    /** Drops the connection, as after a failure or a change of address. */
    forget(id: string): Promise<void>
    /** Fingerprint of the key that a host shows, `SHA256:…`; undefined for this machine. */
    fingerprint(url: string): Promise<string | undefined>
  }
  readonly openControl: (driver: HostDriver, target: ControlTarget) => Promise<ControlClient>
  /** The right of this manager to change a host; absent where there is but one who could. */
  readonly fence?: (host: string) => Fence
  /** Id of this manager among those that share the database: it sees to the hosts whose `manager` it is. */
  readonly manager?: string
  /** Folder of a verified image. Rejects with SYSVM_IMAGE_MISSING. */
  readonly imageFolder: (hash: string) => string
  /** What a router that runs can be given of an image. Rejects with SYSVM_IMAGE_MISSING or _INVALID. */
  readonly firmwareOf: (hash: string) => Promise<ImageFirmware>
  readonly settings: Settings
  /** Called between the steps of a reconciler, by name; tests stop the process here. */
  readonly at: (step: string) => Promise<void>
}

export interface Settings {
  /** OpenSSH public key that opens a root shell on system VMs. */
  readonly operatorKey?: string
  /** Bytes of a packet on guest networks; VXLAN takes 50 of the underlay's. */
  readonly guestMtu: number
  /** Longest time a system VM may take from power-on to answering, in milliseconds. */
  readonly bootTimeoutMs: number
  /** Least time between two commits to one router, in milliseconds; the first of a burst does not wait. */
  readonly commitSpacingMs: number
  /** How routers are followed that have something to tell; in milliseconds. */
  readonly follow: {
    /** Between two looks which routers those are, and what they hold now. */
    readonly roundMs: number
    /** Longest that nothing is heard of one, not even that it is alive. */
    readonly silentMs: number
    /** Between two readings of all that one tells, should an event ever be lost. */
    readonly readMs: number
    /** Shortest and longest wait before one is tried again. */
    readonly againMs: readonly [number, number]
  }
  /** Time between two readings of the roles of two routers, in milliseconds. */
  readonly roleSpacingMs: number
  /** Longest that one which replaces another waits for its connections, while it runs; in seconds. */
  readonly levelSeconds: number
  /** When a router of two that does not serve is made anew. */
  readonly ill: IllRule
}

export const defaultSettings: Settings = {
  guestMtu: 1450,
  bootTimeoutMs: 180_000,
  commitSpacingMs: 1000,
  follow: { roundMs: 1000, silentMs: 12_000, readMs: 60_000, againMs: [1000, 30_000] },
  roleSpacingMs: 2000,
  levelSeconds: 300,
  ill: { readSeconds: 60, illSeconds: 300, pauseSeconds: 1800, mostPauseSeconds: 86_400 },
}

export const CONTROL_BRIDGE = 'cloud0'
export const PUBLIC_BRIDGE = 'cloudbr-public'
/** Where private gateways of VPCs lead, when the physical network's guest traffic has no label. */
export const PRIVATE_BRIDGE = 'cloudbr-private'
/** At most 15 characters, as the kernel wants; a VNI has at most 8 digits. */
export const guestBridge = (vni: number): string => `brvx-${vni}`
/** CloudStack's instance names. */
export const routerName = (number: number): string => `r-${number}-VM`
export const guestName = (number: number): string => `i-2-${number}-VM`
