import { Cidr4, Ipv4 } from '@sysvm/agent/spec'
import { z } from 'zod'
import { CertificateText, PrivateKeyText } from '../../loadbalancer/values.ts'

/** An EAP identity that is the same in every client; no realm and nothing that strongSwan reads as a pattern. */
export const VPN_USERNAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{2,63}$/
/** Every printable character of ASCII but the space, at least three as in CloudStack. */
export const VPN_PASSWORD = /^[\x21-\x7e]{3,64}$/

export const User = z.strictObject({
  name: z.string().regex(VPN_USERNAME, 'is not a user name of 3 to 64 letters, digits, dots, hyphens and @'),
  /** Secret. */
  password: z.string().regex(VPN_PASSWORD, 'is not a password of 3 to 64 printable characters'),
})
export type User = z.infer<typeof User>

/** IKEv2 with EAP-MSCHAPv2, as the clients that Windows, macOS, iOS and Android bring. */
export const RemoteAccess = z.strictObject({
  /** Of a public interface: what clients connect to, and what the certificate is for. */
  address: Ipv4,
  /** Addresses that clients get, both ends included. */
  pool: z.strictObject({ first: Ipv4, last: Ipv4 }),
  /** What clients may reach; networks, without host bits. */
  subnets: z.array(Cidr4).min(1).max(128),
  /** Name servers that clients are told. */
  dns: z.array(Ipv4).max(2).default([]),
  /** PEM: the server's certificate, then its issuers, the root last. */
  chain: CertificateText,
  /** PEM, without a passphrase. Secret. */
  key: PrivateKeyText,
  users: z.array(User).max(10_000).default([]),
})
export type RemoteAccess = z.infer<typeof RemoteAccess>
