import type { RouterServices } from '@sysvm/router/spec'
import { gives, type RouterBase, sourceNatAddress } from '../base.ts'
import type { StatisticsSettings } from './loadbalancer-rows.ts'

type Statistics = NonNullable<RouterServices['loadbalancer']>['statistics']

/** Where the page is, and who may come to it, by CloudStack's words for that. */
const placeOf = (base: RouterBase, visibility: string): { address: string; allow: string[] } | undefined => {
  if (visibility === 'global') {
    const outside = sourceNatAddress(base)
    return outside && { address: outside.address, allow: ['0.0.0.0/0'] }
  }
  if (visibility === 'guest-network') {
    const inside = base.networks.find((network) => gives(network, 'Lb'))
    return inside && { address: inside.gateway, allow: [inside.cidr] }
  }
  return undefined
}

interface Listener {
  readonly address: string
  readonly port: number
}

/** haproxy's statistics page; off without a user and password, and where a rule has its place. */
export const statisticsOf = (
  base: RouterBase,
  { visibility, uri, port, auth }: StatisticsSettings,
  rules: readonly Listener[],
): Statistics => {
  const place = placeOf(base, visibility)
  const [, user = '', password = ''] = /^([^:]+):(.+)$/.exec(auth) ?? []
  const taken = rules.some((rule) => rule.address === place?.address && rule.port === port)
  return place === undefined || user === '' || taken ? undefined : { ...place, port, path: uri, user, password }
}
