import type { SpecEnvelope } from '@sysvm/agent/spec'
import { servicesOf } from '../whole.ts'
import type { Listener } from './flows.ts'

/** Where the router itself takes connections for guests of tiers. UDP is translated, and decided on as forwarded. */
export const listenersOf = (whole: SpecEnvelope): readonly Listener[] =>
  (servicesOf(whole).loadbalancer?.rules ?? [])
    .filter(({ protocol }) => protocol !== 'udp')
    .map(({ address, port, device }) => ({ address, port, device }))
