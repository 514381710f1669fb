import { accounting } from './accounting.ts'
import { acl } from './acl.ts'
import { dhcp } from './dhcp.ts'
import { dns } from './dns.ts'
import { firewall } from './firewall.ts'
import { interfaces } from './interfaces.ts'
import { ipv6 } from './ipv6.ts'
import { loadbalancer } from './loadbalancer.ts'
import { metadata } from './metadata.ts'
import { nat } from './nat.ts'
import { netboot } from './netboot.ts'
import type { RouterPart } from './part.ts'
import { qos } from './qos.ts'
import { redundancy } from './redundancy.ts'
import { routing } from './routing.ts'
import { vpn } from './vpn.ts'
import { wireguard } from './wireguard.ts'

/** Their order is that of the spec, which its digest knows. */
export const parts: readonly RouterPart[] = [
  interfaces,
  dhcp,
  dns,
  nat,
  firewall,
  acl,
  metadata,
  loadbalancer,
  routing,
  qos,
  accounting,
  netboot,
  ipv6,
  vpn,
  redundancy,
  wireguard,
]
