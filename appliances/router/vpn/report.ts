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

/** A machine of somebody's that is connected. */
export interface SessionState {
  readonly user: string
  /** Of the pool. */
  readonly address: string
  /** Where it comes from. */
  readonly from: string
  /** Seconds since the Epoch at which it came. */
  readonly since: number
}

/** The service's run-time state. */
export interface VpnState {
  readonly connections: readonly ConnectionState[]
  /** Where there is remote access. */
  readonly sessions?: readonly SessionState[]
}
