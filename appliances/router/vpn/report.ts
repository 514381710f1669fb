/** What the router tells of one connection. */
export interface ConnectionState {
  readonly id: string
  /** CloudStack's words for site-to-site connections. */
  readonly state: 'Connected' | 'Connecting' | 'Disconnected' | 'Error'
  /** Why it is not connected, in charon's words where it has some: a wrong key, NO_PROPOSAL_CHOSEN, no answer. */
  readonly reason?: string
  /** Seconds since the Epoch at which it came into this state. */
  readonly since: number
}

/** The service's run-time state. */
export interface VpnState {
  readonly connections: readonly ConnectionState[]
}
