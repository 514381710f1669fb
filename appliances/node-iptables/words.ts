import type { AddressType, ConnectionState, ConnectionStatus, IcmpType, Icmpv6Type } from './model.ts'

/** Known words of each field, in the order in which they are written. */
export const states: readonly ConnectionState[] = ['invalid', 'established', 'related', 'new', 'untracked']
export const statuses: readonly ConnectionStatus[] = ['snat', 'dnat']
export const addressTypes: readonly AddressType[] = [
  'unspec',
  'unicast',
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
]
export const icmpTypes: readonly IcmpType[] = [
  'echo-reply',
  'destination-unreachable',
  'source-quench',
  'redirect',
  'echo-request',
  'router-advertisement',
  'router-solicitation',
  'time-exceeded',
  'parameter-problem',
  'timestamp-request',
  'timestamp-reply',
]
export const icmpv6Types: readonly Icmpv6Type[] = [
  'destination-unreachable',
  'packet-too-big',
  'time-exceeded',
  'parameter-problem',
  'echo-request',
  'echo-reply',
  'mld-listener-query',
  'mld-listener-report',
  'mld-listener-done',
  'nd-router-solicit',
  'nd-router-advert',
  'nd-neighbor-solicit',
  'nd-neighbor-advert',
  'nd-redirect',
  'mld2-listener-report',
]
