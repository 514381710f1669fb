import type { LocalAuth, RemoteAuth } from './authentication.ts'
import type { ChildConfig } from './child.ts'
import type { InterfaceId, Time } from './values.ts'

/**
 * An IKE connection, as `load-conn` takes it. Names and defaults are those of swanctl.conf(5); certificates and keys are
 * given themselves, not as names of files. A charon that does not know an option refuses the whole.
 */
export type ConnectionConfig = {
  /** 0, the default, takes both and begins with IKEv2. */
  readonly version?: 0 | 1 | 2
  /** Addresses, names, subnets or ranges. */
  readonly local_addrs?: readonly string[]
  readonly remote_addrs?: readonly string[]
  readonly local_port?: number
  readonly remote_port?: number
  /** `['aes256-sha256-modp2048', 'default']`. */
  readonly proposals?: readonly string[]
  /** Virtual IPs to ask for; `'0.0.0.0'` and `'::'` take any. */
  readonly vips?: readonly string[]
  readonly aggressive?: boolean
  readonly pull?: boolean
  /** Six binary digits. */
  readonly dscp?: string
  /** UDP encapsulation, NAT or not. */
  readonly encap?: boolean
  readonly mobike?: boolean
  /** After so long without a packet the peer is asked whether it lives; 0, the default, never asks. */
  readonly dpd_delay?: Time
  /** IKEv1: after so long without an answer it is dead. IKEv2 has its retransmissions for that. */
  readonly dpd_timeout?: Time
  readonly fragmentation?: 'yes' | 'accept' | 'force' | 'no'
  readonly childless?: 'allow' | 'prefer' | 'force' | 'never'
  readonly send_certreq?: boolean
  readonly send_cert?: 'ifasked' | 'always' | 'never'
  /** strongSwan 6. */
  readonly ocsp?: 'reply' | 'request' | 'both' | 'never'
  readonly ppk_id?: string
  readonly ppk_required?: boolean
  /** Rounds of retransmissions at first; 0 tries for ever. */
  readonly keyingtries?: number
  /** What happens to older SAs of the same peer. */
  readonly unique?: 'no' | 'never' | 'keep' | 'replace'
  readonly reauth_time?: Time
  /** Four hours by default. */
  readonly rekey_time?: Time
  readonly over_time?: Time
  readonly rand_time?: Time
  /** Pools that virtual IPs and attributes come from. */
  readonly pools?: readonly string[]
  readonly if_id_in?: InterfaceId
  readonly if_id_out?: InterfaceId
  readonly mediation?: boolean
  readonly mediated_by?: string
  readonly mediation_peer?: string
  readonly local?: LocalAuth
  readonly remote?: RemoteAuth
  /** More rounds: `local-1`, `local-2`, `local-eap`. */
  readonly [local: `local-${string}` | `local${number}`]: LocalAuth
  readonly [remote: `remote-${string}` | `remote${number}`]: RemoteAuth
  readonly children?: { readonly [name: string]: ChildConfig }
}
