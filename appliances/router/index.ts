import type { AnyService } from '@sysvm/agent/service'
import { dhcp } from './dhcp/index.ts'
import { dns } from './dns/index.ts'
import { firewall } from './firewall/index.ts'
import { interfaces } from './interfaces/index.ts'
import { metadata } from './metadata/index.ts'
import { nat } from './nat/index.ts'

export { serveMetadata } from './metadata/index.ts'

/** Services of a router in the order they are applied: devices first, then what listens on them. */
export const routerServices: readonly AnyService[] = [interfaces, firewall, nat, dhcp, dns, metadata]
