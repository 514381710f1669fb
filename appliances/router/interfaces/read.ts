import type { Effects } from '@sysvm/agent/service'
import type { Link, Live, Route } from './live.ts'

const json = async <T>(effects: Effects, ...words: readonly string[]): Promise<readonly T[]> => {
  const { stdout } = await effects.run(['ip', '-json', ...words])
  // ip prints nothing at all for an empty list.
  return stdout.trim() === '' ? [] : (JSON.parse(stdout) as readonly T[])
}

export const readLive = async (effects: Effects): Promise<Live> => {
  const [links, defaults] = await Promise.all([
    json<Link>(effects, 'address', 'show'),
    json<Route>(effects, '-4', 'route', 'show', 'default'),
  ])
  return { links, defaults }
}
