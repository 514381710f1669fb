import type { ConnectionConfig, PoolConfig, SharedKey } from 'strongswan-ctl'
import { CHILD, keyName, poolName } from './names.ts'
import type { RemoteAccess, User } from './spec.ts'

/**
 * What the clients of macOS, iOS, Android and Windows offer by themselves, strong ones first. Windows has nothing but
 * the last group until it is told otherwise.
 */
const IKE = [
  'aes256gcm16-prfsha384-ecp384-curve25519-ecp256-modp2048',
  'aes256-aes128-sha384-sha256-ecp256-curve25519-modp4096-modp2048',
  'aes256-sha384-sha256-sha1-modp1024',
]
/** With a group for rekeying, and without one as Windows has it. */
const ESP = [
  'aes256gcm16-aes128gcm16-ecp384-ecp256-curve25519-modp2048',
  'aes256-aes128-sha256-sha1-ecp256-modp2048',
  'aes256gcm16-aes128gcm16',
  'aes256-aes128-sha384-sha256-sha1',
]

/** Seconds of silence after which a client is asked whether it is still there. */
const DPD = 30

/** Seconds after which the kernel takes no more packets of an SA; clients, Apple's at the latest, rekey it daily. */
const CHILD_LIFETIME = 25 * 3600

/** The first certificate of a chain. */
const leafOf = (chain: string): string => {
  const END = '-----END CERTIFICATE-----\n'
  return chain.slice(0, chain.indexOf(END) + END.length)
}

/** `load-conn`. Pure. */
export const configOf = ({ address, pool, subnets, chain }: RemoteAccess): ConnectionConfig => ({
  version: 2,
  local_addrs: [address],
  remote_addrs: ['%any'],
  proposals: IKE,
  pools: [poolName(pool)],
  // Clients do it: one of Windows that is behind a NAT refuses when it is asked.
  rekey_time: 0,
  dpd_delay: DPD,
  // Of UDP alone, so that no firewall on the way needs to know of ESP.
  encap: true,
  // One person has a laptop and a telephone, and two telephones may call themselves the same.
  unique: 'never',
  send_certreq: false,
  send_cert: 'always',
  local: { auth: 'pubkey', id: address, certs: [leafOf(chain)] },
  remote: { auth: 'eap-mschapv2', id: '%any', eap_id: '%any' },
  children: {
    [CHILD]: { local_ts: subnets, esp_proposals: ESP, rekey_time: 0, life_time: CHILD_LIFETIME, dpd_action: 'clear' },
  },
})

/** `load-pool`. Pure. */
export const poolOf = ({ pool, subnets, dns }: RemoteAccess): PoolConfig => ({
  addrs: `${pool.first}-${pool.last}`,
  ...(dns.length === 0 ? {} : { dns }),
  subnet: subnets,
})

/** `load-shared`. Pure. */
export const secretOf = ({ name, password }: User): SharedKey => ({
  id: keyName(name),
  type: 'eap',
  data: password,
  owners: [name],
})
