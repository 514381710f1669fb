import { dhcp } from './dhcp.ts'
import { dns } from './dns.ts'
import { firewall } from './firewall.ts'
import { interfaces } from './interfaces.ts'
import { loadbalancer } from './loadbalancer.ts'
import { metadata } from './metadata.ts'
import { nat } from './nat.ts'
import type { RouterPart } from './part.ts'

/** Their order is that of the spec, which its digest knows. */
export const parts: readonly RouterPart[] = [interfaces, dhcp, dns, nat, firewall, metadata, loadbalancer]
