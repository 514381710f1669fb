import type { AgentEvent } from '@sysvm/agent/api'
import type { ControlClient, World } from '../world.ts'

/** What of the manager wants to know of routers what happens when it happens. Everything may be repeated. */
export interface Consumer {
  /** Types of events that it is told of. */
  readonly types: ReadonlySet<string>
  /** Ids of all routers that it wants to hear of, whoever sees to them and whether they run. */
  wanted(world: World): Promise<readonly string[]>
  /** Reads all that it wants to know: at first, whenever events may be missing, and when the router holds another revision. */
  read(world: World, router: string, client: ControlClient): Promise<void>
  heard(world: World, router: string, event: AgentEvent): Promise<void>
  /** Nothing is heard of the router, not even that it is alive; told once, until it is read again. */
  silent(world: World, router: string, reason: string): Promise<void>
}
