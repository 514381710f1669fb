import { contains } from '@sysvm/agent/spec'
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
  const control = base.nics.find(({ role }) => role === 'control')
  return visibility === 'link-local' && control
    ? { address: control.address, allow: ['169.254.0.0/16'].filter((range) => contains(range, control.address)) }
    : undefined
}

/** haproxy's statistics page; off without a user and password. */
export const statisticsOf = (base: RouterBase, { visibility, uri, port, auth }: StatisticsSettings): Statistics => {
  const place = placeOf(base, visibility)
  const [, user = '', password = ''] = /^([^:]+):(.+)$/.exec(auth) ?? []
  return place === undefined || user === '' ? undefined : { ...place, port, path: uri, user, password }
}
