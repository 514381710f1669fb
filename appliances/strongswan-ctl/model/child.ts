import type { InterfaceId, Mark, Time, Word } from './values.ts'

/** A CHILD_SA: one entry of `children`. Names and defaults are those of swanctl.conf(5). */
export type ChildConfig = {
  readonly ah_proposals?: readonly string[]
  /** `['aes256gcm16-ecp256', 'default']`; a group in it is used for perfect forward secrecy when rekeying. */
  readonly esp_proposals?: readonly string[]
  /** HMAC-SHA-256 cut to 96 bits, as old Linux kernels have it. */
  readonly sha256_96?: boolean
  /** Traffic of this side: `['10.1.0.0/16', '10.9.0.1[tcp/80]']`; `dynamic` by default, its address or virtual IP. */
  readonly local_ts?: readonly string[]
  readonly remote_ts?: readonly string[]
  /** An hour by default; 0 never rekeys. */
  readonly rekey_time?: Time
  /** After which it is closed for good; 10 % more than `rekey_time` by default. */
  readonly life_time?: Time
  readonly rand_time?: Time
  readonly rekey_bytes?: number
  readonly life_bytes?: number
  readonly rand_bytes?: number
  readonly rekey_packets?: number
  readonly life_packets?: number
  readonly rand_packets?: number
  /** A command that is run when it comes up or goes down; charon gives it to a shell. */
  readonly updown?: string
  readonly hostaccess?: boolean
  /** `tunnel` by default; `pass` and `drop` are policies without an SA. */
  readonly mode?: Word<'tunnel' | 'transport' | 'transport_proxy' | 'beet' | 'pass' | 'drop'>
  /** False installs no policies: something else routes traffic into the SA. */
  readonly policies?: boolean
  readonly policies_fwd_out?: boolean
  /** When the peer is found dead. `clear` by default. */
  readonly dpd_action?: 'clear' | 'trap' | 'restart' | 'start' | 'none'
  readonly ipcomp?: boolean
  /** Closed after so long without traffic. */
  readonly inactivity?: Time
  readonly reqid?: number
  readonly priority?: number
  /** The device that policies are for. */
  readonly interface?: string
  readonly mark_in?: Mark
  readonly mark_in_sa?: boolean
  readonly mark_out?: Mark
  readonly set_mark_in?: Mark
  readonly set_mark_out?: Mark
  readonly if_id_in?: InterfaceId
  readonly if_id_out?: InterfaceId
  readonly label?: string
  readonly label_mode?: 'system' | 'simple' | 'selinux'
  /** Bytes; `'mtu'` pads to the path's MTU. */
  readonly tfc_padding?: number | 'mtu'
  /** Packets; 0 switches replay protection off. */
  readonly replay_window?: number
  readonly hw_offload?: Word<'yes' | 'no' | 'auto' | 'crypto' | 'packet'>
  readonly copy_df?: boolean
  readonly copy_ecn?: boolean
  readonly copy_dscp?: 'out' | 'in' | 'yes' | 'no'
  /** When it is loaded: `trap` waits for traffic, `start` brings it up. `none` by default. */
  readonly start_action?: 'none' | 'trap' | 'start' | 'trap|start'
  /** When the peer closes it. */
  readonly close_action?: 'none' | 'trap' | 'start'
}
