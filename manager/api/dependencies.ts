import type {
  DiagnosticRequest,
  DiagnosticResult,
  Drift,
  ExplainRequest,
  Explanation,
  Health,
  HealthReport,
  Plan,
  Status,
} from '@sysvm/agent/api'
import type { Hypervisor } from '../model/schema.ts'

/** The control API of one system VM, as far as the query API asks it; the agent's refusals come as SysvmError. */
export interface ControlClient {
  status(): Promise<Status>
  health(): Promise<Health>
  /** `fresh`: run now; else what the machine found last. */
  checks(fresh: boolean): Promise<HealthReport>
  diagnose(request: DiagnosticRequest): Promise<DiagnosticResult>
  explain(request: ExplainRequest): Promise<Explanation>
  drift(): Promise<Drift>
  plan(spec: unknown): Promise<Plan>
  /** Newest lines of its journal, newest last. */
  log(lines: number): Promise<string>
  close(): Promise<void>
}

/** Of what is known of a host, the part that the API reads; all of it is kept. */
export interface HostFacts {
  readonly name: string
  readonly cpus: number
  readonly memoryMiB: number
}

/** What `addHost` found before anything was written. */
export interface InspectedHost {
  readonly facts: HostFacts
  /** Fingerprint its SSH key is pinned to from now on; absent for this machine. */
  readonly hostKey?: string | undefined
}

/** What the query API needs beside the database; all of it is given, so that tests can give their own. */
export interface Dependencies {
  /**
   * Logs in, reads the facts and checks the host's needs; rejects with one message that names all that is missing.
   * Without it hosts are taken as they are named and the reconciler finds out.
   */
  readonly inspectHost?: (host: { readonly url: string; readonly hypervisor: Hypervisor }) => Promise<InspectedHost>
  /** A fresh control connection to a router. */
  readonly control?: (routerId: string) => Promise<ControlClient>
  /** The spec that the manager would send to a router now. */
  readonly routerSpec?: (routerId: string) => Promise<unknown>
  /** Encrypts a secret for the database; it opens under the same context only, such as `sslcert/<id>`. */
  readonly seal?: (context: string, secret: string) => string
  readonly unseal?: (context: string, sealed: string) => string
  /** Newest part of what a machine wrote on its console. */
  readonly readConsole?: (
    machine: { readonly hostId: string; readonly name: string },
    lastBytes: number,
  ) => Promise<string>
}
