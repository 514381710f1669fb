/** What a command made or changed when its job's target is something else: a rule, whose network is reconciled. */
export interface Instance {
  /** Its id, for the command's `result`. */
  readonly instance: string
  /** What queryAsyncJobResult calls it: `FirewallRule`, `PortForwardingRule`, … */
  readonly instancetype: string
}
