import type { AnyService } from '@sysvm/agent/service'
import { accounting } from './accounting/index.ts'
import { acl } from './acl/index.ts'
import { dhcp } from './dhcp/index.ts'
import { dns } from './dns/index.ts'
import { firewall } from './firewall/index.ts'
import { interfaces } from './interfaces/index.ts'
import { ipv6 } from './ipv6/index.ts'
import { loadbalancer } from './loadbalancer/index.ts'
import { metadata } from './metadata/index.ts'
import { nat } from './nat/index.ts'
import { netboot } from './netboot/index.ts'
import { qos } from './qos/index.ts'
import { watched } from './redundancy/fit.ts'
import { redundancy } from './redundancy/index.ts'
import { whilePrimary } from './redundancy/role.ts'
import { routing } from './routing/index.ts'
import { vpn } from './vpn/index.ts'
import { wireguard } from './wireguard/index.ts'

export { serveMetadata } from './metadata/index.ts'
export { serveNetboot } from './netboot/index.ts'

/** Services of a router in the order they are applied: devices first, then what listens on them. */
export const routerServices: readonly AnyService[] = [
  interfaces,
  firewall,
  acl,
  nat,
  ipv6,
  dhcp,
  dns,
  metadata,
  loadbalancer,
  routing,
  qos,
  accounting,
  netboot,
  vpn,
  wireguard,
  // Last: whoever becomes the primary serves already.
  redundancy,
].map((service) => watched(whilePrimary(service)))
