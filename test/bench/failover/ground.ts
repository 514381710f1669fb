import type { Namespace } from '../../lab/index.ts'

/** One thing that goes wrong with whoever serves. */
export interface Fault {
  readonly name: string
  /** Whether one router that could serve is left: those that count. */
  readonly survivable: boolean
  /** It goes wrong now; resolves when all of the fault is over that is measured. */
  strike(): Promise<void>
  /** Until both are there again. */
  mend(): Promise<void>
}

/** Two routers between a guest and the outside. */
export interface Ground {
  readonly guest: Namespace
  readonly outside: Namespace
  /** Of the outside. */
  readonly address: string
  /** Where the load balancer listens; absent: there is none. */
  readonly balanced?: string
  readonly faults: readonly Fault[]
  /** Resolves when one serves and the other one knows all that it would need. */
  settled(): Promise<void>
}
