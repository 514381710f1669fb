import type { ConnectionConfig, SharedKey } from 'strongswan-ctl'
import { CHILD, CONNECTION, PORT } from './names.ts'
import type { L2tp } from './spec.ts'

/** What old clients offer, strong ones first: Windows 7 takes SHA-1 at best, and older ones 3DES with 1,024 bits. */
const IKE = 'aes256-aes128-3des-sha384-sha256-sha1-ecp384-ecp256-modp2048-modp1536-modp1024'
const ESP = 'aes256-aes128-3des-sha256-sha1'

/** Seconds of silence after which a client is asked whether it is still there. */
const DPD = 30

/** Seconds after which the kernel takes no more packets of an SA; clients rekey it hourly. */
const CHILD_LIFETIME = 25 * 3600

/**
 * `load-conn`. Pure. ESP is in UDP only behind a NAT: clients of Windows refuse a server that seems to be behind one
 * itself.
 */
export const configOf = ({ address }: L2tp): ConnectionConfig => ({
  version: 1,
  local_addrs: [address],
  remote_addrs: ['%any'],
  proposals: [IKE],
  rekey_time: 0,
  dpd_delay: DPD,
  unique: 'never',
  send_certreq: false,
  local: { auth: 'psk', id: address },
  remote: { auth: 'psk', id: '%any' },
  children: {
    [CHILD]: {
      mode: 'transport',
      // UDP by its number: the image has no list of names.
      local_ts: [`dynamic[17/${PORT}]`],
      // From whatever port: Apple's and those behind a NAT have others.
      remote_ts: ['dynamic[17/any]'],
      esp_proposals: [ESP],
      rekey_time: 0,
      life_time: CHILD_LIFETIME,
      dpd_action: 'clear',
    },
  },
})

/** `load-shared`. Pure. A site's key names the site, and is preferred to this one. */
export const keyOf = ({ address, psk }: L2tp): SharedKey => ({
  id: CONNECTION,
  type: 'ike',
  data: psk,
  owners: [address],
})
