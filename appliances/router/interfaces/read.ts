import type { Effects } from '@sysvm/agent/service'
import type { Link, Live, Route } from './live.ts'
import { livePolicy, type PolicyRule } from './policy.ts'

const QUESTIONS = ['address show', 'route show default table all', 'rule show'] as const

/** One process for all: each is a moment in which the agent can do nothing else. */
const together = async ({ run }: Effects): Promise<readonly string[]> => {
  const { stdout } = await run(['ip', '-json', '-batch', '-'], { input: QUESTIONS.map((line) => `${line}\n`).join('') })
  return stdout.split('\n').filter((line) => line.trim() !== '')
}

/** One by one: some versions print nothing at all for an empty list, so that nobody knows whose answer is whose. */
const apart = ({ run }: Effects): Promise<readonly string[]> =>
  Promise.all(
    QUESTIONS.map(async (line) => (await run(['ip', '-json', ...line.split(' ')] as ['ip', ...string[]])).stdout),
  )

const parse = <T>(text = ''): readonly T[] => (text.trim() === '' ? [] : (JSON.parse(text) as readonly T[]))

export const readLive = async (effects: Effects): Promise<Live> => {
  const answers = await together(effects)
  const [address, route, rule] = answers.length === QUESTIONS.length ? answers : await apart(effects)
  const links = parse<Link>(address)
  // Those of all tables are those of both families; IPv6 is a service of its own.
  const routes = parse<Route>(route).filter(({ gateway }) => gateway?.includes(':') !== true)
  const rules = parse<PolicyRule>(rule)
  // One that a BGP peer told is the routing service's, and less preferred than ours.
  const defaults = routes.filter(({ table, protocol }) => table === undefined && protocol !== 'bgp')
  return { links, defaults, policy: livePolicy(rules, routes) }
}
