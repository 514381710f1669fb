import type { Effects } from '@sysvm/agent/service'
import type { Link, Live, Route } from './live.ts'
import { livePolicy, type PolicyRule } from './policy.ts'

const json = async <T>(effects: Effects, ...words: readonly string[]): Promise<readonly T[]> => {
  const { stdout } = await effects.run(['ip', '-json', ...words])
  // ip prints nothing at all for an empty list.
  return stdout.trim() === '' ? [] : (JSON.parse(stdout) as readonly T[])
}

export const readLive = async (effects: Effects): Promise<Live> => {
  const [links, routes, rules] = await Promise.all([
    json<Link>(effects, 'address', 'show'),
    json<Route>(effects, '-4', 'route', 'show', 'default', 'table', 'all'),
    json<PolicyRule>(effects, '-4', 'rule', 'show'),
  ])
  // One that a BGP peer told is the routing service's, and less preferred than ours.
  const defaults = routes.filter(({ table, protocol }) => table === undefined && protocol !== 'bgp')
  return { links, defaults, policy: livePolicy(rules, routes) }
}
