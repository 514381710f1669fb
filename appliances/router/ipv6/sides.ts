import type { SpecEnvelope } from '@sysvm/agent/spec'
import { interfacesOf } from '../whole.ts'
import type { Ipv6Spec } from './spec.ts'

export type Interface6 = Ipv6Spec['interfaces'][number]

/** A router's address towards guests on every network: their default route stays when another router takes over. */
export const GUEST_LINK_LOCAL = 'fe80::1'

/** Interfaces with IPv6 whose role in the whole document is this one. */
export const sideOf = (
  { interfaces }: Ipv6Spec,
  whole: SpecEnvelope,
  role: 'guest' | 'public',
): readonly Interface6[] => {
  const devices = new Set(interfacesOf(whole, role).map(({ device }) => device))
  return interfaces.filter(({ device }) => devices.has(device))
}

/** Those whose guests ask for their addresses. */
export const asking = ({ interfaces }: Ipv6Spec): readonly Interface6[] =>
  interfaces.filter(({ advertisement }) => advertisement !== undefined && advertisement.addressing !== 'slaac')

export const advertising = ({ interfaces }: Ipv6Spec): readonly Interface6[] =>
  interfaces.filter(({ advertisement }) => advertisement !== undefined)
