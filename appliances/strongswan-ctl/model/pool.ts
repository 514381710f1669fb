import type { Encoded } from './values.ts'

/** A pool of virtual IPs and what else clients are told, as `load-pool` takes it. */
export type PoolConfig = {
  /** A subnet `'10.9.0.0/24'` or a range `'10.9.0.10-10.9.0.99'`. */
  readonly addrs?: string
  readonly address?: readonly string[]
  readonly dns?: readonly string[]
  readonly nbns?: readonly string[]
  readonly dhcp?: readonly string[]
  readonly netmask?: readonly string[]
  readonly server?: readonly string[]
  readonly subnet?: readonly string[]
  readonly split_include?: readonly string[]
  readonly split_exclude?: readonly string[]
  /** Attributes by their number. */
  readonly [attribute: number]: readonly string[]
}

/** A certification authority, as `load-authority` takes it. */
export type AuthorityConfig = {
  /** The certificate itself; or `file`, or `handle` with `slot` and `module`. */
  readonly cacert?: Encoded
  readonly file?: string
  readonly handle?: string
  readonly slot?: number
  readonly module?: string
  readonly crl_uris?: readonly string[]
  readonly ocsp_uris?: readonly string[]
  readonly cert_uri_base?: string
}
