/** What the router tells of one connection. */
export interface ConnectionState {
  readonly id: string
  /** CloudStack's words for site-to-site connections; `Standby`: the tunnel is the other router's, which serves. */
  readonly state: 'Connected' | 'Connecting' | 'Disconnected' | 'Error' | 'Standby'
  /** Why it is not connected, in charon's words where it has some: a wrong key, NO_PROPOSAL_CHOSEN, no answer. */
  readonly reason?: string
  /** Seconds since the Epoch at which it came into this state. */
  readonly since: number
}

/** A machine of somebody's that is connected. */
export interface SessionState {
  readonly protocol: 'ikev2' | 'l2tp'
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
  /** Where there is L2TP: whether the router can do it, and if not, why. */
  readonly l2tp?: { readonly state: 'Running' } | { readonly state: 'Error'; readonly reason: string }
}
