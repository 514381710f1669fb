import type { ErrorJson } from '@sysvm/errors'
import type { Action } from '../service/index.ts'

/** Unix socket of the control API inside the machine. */
export const SOCKET = '/run/sysvm/agent.sock'
/** The SSH user that may open it, and only that. */
export const CONTROL_USER = 'control'
export const CONTROL_PORT = 3922
/** Header of `PUT /v1/spec` and `POST /v1/plan`: base64 of the ed25519 signature over the raw body. */
export const SIGNATURE_HEADER = 'sysvm-signature'
/** Header of any request: epoch of the manager's lease. What changes the machine is refused under an older one than it has seen. */
export const EPOCH_HEADER = 'sysvm-epoch'
/** Query of `PUT /v1/spec`: seconds within which the commit must be confirmed. */
export const CONFIRM_QUERY = 'confirm'
export const CONFIRM_SECONDS = { least: 1, most: 600, unlessTold: 30 } as const

export type Step = 'validate' | 'render' | 'check' | 'stage' | 'apply' | 'probe' | 'confirm'

export interface Failure extends ErrorJson {
  readonly generation: number
  readonly step: Step
  readonly service?: string
  readonly at: string
}

/** Answer of `PUT /v1/spec` (200). A failure is a 4xx or 5xx with an ErrorBody, and the old generation in force. */
export interface CommitResult {
  readonly generation: number
  /** `pending` waits for `POST /v1/confirm`; `confirmed`: it was in force already. */
  readonly state: 'pending' | 'confirmed'
  /** ISO 8601; without a confirm by then the machine rolls back. */
  readonly confirmBefore?: string
  readonly actions: readonly Action[]
  /** Milliseconds spent per step. */
  readonly timings: Readonly<Partial<Record<Step, number>>>
}

export interface ErrorBody {
  readonly error: ErrorJson & { readonly failure?: Failure }
}

/** Headers of `PUT /v1/firmware`: the seal, base64 of its JSON, and as in `PUT /v1/spec` the signature over that JSON. */
export const SEAL_HEADER = 'sysvm-seal'

/** What the manager signs of a firmware that a machine is to run instead of its image's. */
export interface FirmwareSeal {
  /** No spec has it: what is signed as one is never taken for the other. */
  readonly kind: 'firmware'
  /** Name of the one machine that may take it. */
  readonly machine: string
  /** What an image is but for its firmware: only on that does it run. */
  readonly platform: string
  /** Content hash of the image that it is the firmware of. */
  readonly image: string
  /** Of its bundle, in hex. */
  readonly sha256: string
  /** Time from its first start to its confirm; without one the machine takes it back. */
  readonly confirmSeconds: number
}

/** Answer of `PUT /v1/firmware`. */
export interface FirmwareAnswer {
  /** SHA-256 of the seal; what is to be confirmed. */
  readonly id: string
  /** `staged`: the agent starts again, under it. `trial`: it has. `confirmed`: it is in force already. */
  readonly state: 'staged' | 'trial' | 'confirmed'
}

/** Body of `POST /v1/firmware/confirm`, over an SSH connection opened after the new agent's start. */
export interface FirmwareConfirm {
  readonly id: string
}

/** Which firmware runs in place of the image's own. */
export interface FirmwareStatus {
  /** Null: the image's own. `trial`: it ends with this agent unless it is confirmed. */
  readonly running: { readonly id: string; readonly image: string; readonly trial: boolean } | null
  /** To be tried at the agent's next start, which is near. */
  readonly staged: string | null
  /** The last one that was taken back. */
  readonly failed: { readonly id: string; readonly why: string; readonly at: string } | null
}

export interface Status {
  readonly name: string
  readonly role: string
  readonly firmware: string
  /** Image content hash, from /etc/sysvm/image. */
  readonly image: string
  /** Hash of what the image is but for its firmware, from /etc/sysvm/platform. */
  readonly platform: string
  readonly patch: FirmwareStatus
  readonly bootId: string
  readonly uptimeSeconds: number
  readonly confirmed: number | null
  readonly pending: { readonly generation: number; readonly confirmBefore: string } | null
  /** The last commit that failed or was rolled back, kept across reboots. */
  readonly lastFailure: Failure | null
}

/** Body of `POST /v1/confirm`. It must come over an SSH connection that was opened after the commit. */
export interface ConfirmRequest {
  readonly generation: number
}

export interface GenerationInfo {
  readonly generation: number
  readonly state: 'confirmed' | 'pending' | 'previous'
}

export interface FileDiff {
  readonly path: string
  /** Unified diff, or for secret files two fingerprints. */
  readonly diff: string
}

export interface Plan {
  readonly generation: number
  readonly files: readonly FileDiff[]
  /** The nft transaction that would be loaded; empty when none. */
  readonly netfilter: string
  readonly actions: readonly (Action & { readonly service: string })[]
  readonly dropsFlows: boolean
}

export interface Drift {
  readonly generation: number
  readonly differences: readonly { readonly service: string; readonly what: string }[]
}

export interface Health {
  readonly healthy: boolean
  readonly services: Readonly<Record<string, { readonly healthy: boolean; readonly reason?: string }>>
}

export interface HealthCheck {
  /** The service; with `.use` what its users do with it, with `.peers` what depends on others. */
  readonly name: string
  readonly type: 'basic' | 'advanced'
  readonly success: boolean
  /** Why not. */
  readonly details?: string
  /** ISO 8601. */
  readonly checkedAt: string
}

/** Answer of `GET /v1/checks` (the last known) and `POST /v1/checks` (fresh ones). */
export interface HealthReport {
  readonly healthy: boolean
  readonly checks: readonly HealthCheck[]
}

/** Where events are streamed. */
export const EVENTS_PATH = '/v1/events'
/** Type of the event that tells that there is none: its id is that of the newest one. */
export const HEARTBEAT = 'heartbeat'
/** Time between two of them, in milliseconds. */
export const HEARTBEAT_MS = 5000

export interface AgentEvent {
  readonly id: number
  readonly at: string
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

/** As the event stream format has it (HTML standard, 9.2). A heartbeat has no id of its own: nobody is to begin after it. */
export const formatEvent = ({ id, at, type, data }: AgentEvent): string =>
  `${type === HEARTBEAT ? '' : `id: ${id}\n`}event: ${type}\ndata: ${JSON.stringify({ id, at, type, data })}\n\n`

/** Body of `POST /v1/diagnostics`. Every kind has a time limit. */
export type DiagnosticRequest =
  | {
      readonly kind: 'ping'
      /** An address of either family, or a name that the router resolves. */
      readonly target: string
      readonly count?: number
      readonly device?: string
      /** Bytes of data. */
      readonly size?: number
      readonly ttl?: number
    }
  | { readonly kind: 'traceroute'; readonly target: string; readonly hops?: number; readonly queries?: number }
  | {
      readonly kind: 'arping'
      /** IPv4. */
      readonly target: string
      /** Unless told the one by which the target is reached. */
      readonly device?: string
      readonly count?: number
    }
  | {
      /** Follows the packets of one flow through the ruleset for some seconds. */
      readonly kind: 'trace-explain'
      readonly source?: string
      readonly destination?: string
      readonly protocol: 'tcp' | 'udp' | 'icmp'
      readonly port?: number
      readonly seconds?: number
    }

/** Body of `POST /v1/explain`: which rule lets a packet through, or drops it. */
export interface ExplainRequest {
  readonly kind: 'explain'
  /** IPv4 or IPv6, both of them. */
  readonly source: string
  readonly destination: string
  readonly protocol: 'tcp' | 'udp' | 'icmp'
  /** Of tcp and udp. */
  readonly port?: number
}

/** One decision of the kernel about the packet. */
export interface ExplanationStep {
  readonly table: string
  readonly chain: string
  /** The kernel's words; empty for a chain's policy. */
  readonly rule: string
  readonly verdict: string
  /** Whose rule it was, what it means, and its id in the API. */
  readonly service?: string
  readonly says?: string
  readonly id?: string
}

export interface Explanation {
  /** `delivered`: to the router itself. `lost`: by the kernel's routing, not by a rule. */
  readonly verdict: 'forwarded' | 'delivered' | 'dropped' | 'lost'
  /** In one sentence. */
  readonly says: string
  /** The device it came in by. */
  readonly device?: string
  /** The API's id of the rule that decided; absent where a default did. */
  readonly id?: string
  readonly service?: string
  readonly steps: readonly ExplanationStep[]
}

export interface DiagnosticResult {
  /** Whether the program exited 0. */
  readonly ok: boolean
  readonly output: string
  /** Absent where no program was run, or it was ended. */
  readonly exitCode?: number
  /** `trace-explain` only: one sentence per decision of the ruleset, in order. */
  readonly explanation?: readonly string[]
}
