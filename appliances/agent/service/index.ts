import type { Duplex } from 'node:stream'
import type { Ruleset } from 'node-iptables'
import type { z } from 'zod'
import type { SpecEnvelope } from '../spec/index.ts'
import type { Decision, Reason, Wire } from './decision.ts'

export type { Decision, PacketFlow, Reason, Trace, TracedPacket, Wire } from './decision.ts'

/** Folder of the files that daemons read: a symlink to the generation in force, swapped by one rename. */
export const LIVE = '/run/sysvm/live'

export interface RenderedFile {
  /** Below LIVE, led by the service's name: `dhcp/kea-dhcp4.json`. */
  readonly path: string
  readonly text: string
  /** Permission bits; unless told 0o640 for a group's file, 0o600 for a secret one, 0o644 for others. */
  readonly mode?: number
  /** Group of the one daemon that reads it, where others must not. */
  readonly group?: string
  /** Contents never leave the machine: plans and diffs show a fingerprint. */
  readonly secret?: boolean
}

/** Permission bits of a rendered file: what is said to be secret is never open to all by oversight. */
export const modeOf = ({ mode, group, secret }: RenderedFile): number =>
  mode ?? (group !== undefined ? 0o640 : secret === true ? 0o600 : 0o644)

export interface Rendered {
  readonly files: readonly RenderedFile[]
  /** Merged with those of all services and loaded as one transaction. */
  readonly ruleset?: Ruleset
}

/** Result of a program that exited 0. */
export interface RunResult {
  readonly stdout: string
  readonly stderr: string
}

/** Everything a service may do to the machine. Tests pass their own. */
export interface Effects {
  /** Runs a program without a shell; rejects with SYSVM_COMMAND_FAILED, the program's own words in the message. */
  run(
    argv: readonly [string, ...string[]],
    options?: { readonly input?: string; readonly timeoutMs?: number },
  ): Promise<RunResult>
  /** `systemctl VERB UNIT`. */
  unit(verb: 'start' | 'stop' | 'reload' | 'restart', name: string): Promise<void>
  unitActive(name: string): Promise<boolean>
  /** Absolute path; undefined when there is no such file. */
  readFile(path: string): Promise<string | undefined>
  /** Tells whoever follows the machine's events; see `GET /v1/events`. Absent: nobody does. */
  tell?(type: string, data: Readonly<Record<string, unknown>>): void
  /** Servers of this machine, asked as their users do: for probes and control sockets. Each rejects when silent. */
  readonly ask: {
    /** Sends a text to a unix socket and reads until the other side ends. */
    unix(path: string, text: string, options?: { readonly timeoutMs?: number }): Promise<string>
    /** A connection to a unix socket that is spoken on for longer. */
    open(path: string): Promise<Duplex>
    /** IPv4 addresses of a name; none when the server answers that there are none. */
    dns(server: string, name: string): Promise<readonly string[]>
    http(url: string): Promise<{ readonly status: number; readonly body: string }>
    /** TCP: whether a connection comes to be. UDP: whether a datagram is not refused; silence is no refusal. */
    reach(
      protocol: 'tcp' | 'udp',
      address: string,
      port: number,
      options: { readonly timeoutMs: number },
    ): Promise<boolean>
  }
}

/** One rendered file before and after; undefined where it is absent. */
export interface FileChange {
  readonly path: string
  readonly before: string | undefined
  readonly after: string | undefined
}

/** What differs for one service between two generations. */
export interface Change<S> {
  /** The service's spec in force; undefined: it was off, or nothing is known (first commit, restart of the agent). */
  readonly before: S | undefined
  /** The service's spec to come; undefined: off. */
  readonly after: S | undefined
  readonly files: readonly FileChange[]
  /** The whole document to come; absent: the machine is to do nothing. */
  readonly whole?: SpecEnvelope
}

export interface Action {
  readonly verb: 'update' | 'start' | 'reload' | 'restart' | 'stop'
  /** Unit or object acted on: `sysvm-dnsmasq.service`, `eth1 10.1.1.1/24`. */
  readonly target: string
  readonly why: string
  /** Whether established flows through the machine are cut by it. */
  readonly dropsFlows: boolean
}

/** One family of the Prometheus text format. */
export interface MetricFamily {
  readonly name: string
  readonly type: 'gauge' | 'counter'
  readonly help: string
  readonly samples: readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[]
}

/**
 * A service of a system VM. `render` and `plan` are pure; `check`, `apply` and `health` act through Effects only.
 * `apply` must be idempotent and must reach `after` from any state, also a half-applied one.
 */
export interface Service<Name extends string, S> {
  readonly name: Name
  readonly schema: z.ZodType<S>
  /** Rules across the whole document that the schema cannot say; throws SYSVM_SPEC_INVALID. */
  readonly validate?: (spec: S, whole: SpecEnvelope) => void
  readonly render: (spec: S, whole: SpecEnvelope) => Rendered
  /** The daemon's own dry run on staged files; `path` turns a rendered path into an absolute one. */
  readonly check?: (path: (rendered: string) => string, effects: Effects) => Promise<void>
  /** What `apply` would do, least disturbance first: nothing, in-place update, reload, restart. */
  readonly plan: (change: Change<S>) => readonly Action[]
  readonly apply: (change: Change<S>, effects: Effects) => Promise<void>
  /** A probe of the service as its user sees it; rejects when it does not serve. */
  readonly health: (spec: S, effects: Effects) => Promise<void>
  /** Part of the machine's health that depends on others, such as peers: told, but no reason to undo a commit. */
  readonly watch?: (spec: S, effects: Effects) => Promise<void>
  /** Uses the service as its users do, where `health` only asks it; from time to time and on request. */
  readonly exercise?: (spec: S, wire: Wire, effects: Effects, whole: SpecEnvelope) => Promise<void>
  /** Names what differs between the generation and the live machine; empty when nothing does. */
  readonly drift?: (spec: S, effects: Effects) => Promise<readonly string[]>
  /** Run-time facts worth showing (leases, sessions); plain JSON. */
  readonly state?: (spec: S, effects: Effects) => Promise<unknown>
  /** What a decision of the ruleset meant; undefined when it was none of this service's. Pure. */
  readonly explain?: (spec: S, decision: Decision, whole: SpecEnvelope) => Reason | undefined
  readonly metrics?: (spec: S, effects: Effects) => Promise<readonly MetricFamily[]>
  /** Called every TICK_SECONDS with the spec in force, between commits, and when the agent is told to stop. */
  readonly tick?: (spec: S, effects: Effects, whole: SpecEnvelope) => Promise<void>
}

export const TICK_SECONDS = 30

export const defineService = <Name extends string, S>(service: Service<Name, S>): Service<Name, S> => service

// biome-ignore lint/suspicious/noExplicitAny: a registry holds services of different specs; each is used with its own only
export type AnyService = Service<string, any>
