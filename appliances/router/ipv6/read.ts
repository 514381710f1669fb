import type { Effects } from '@sysvm/agent/service'
import type { Link6, Live6 } from './converge.ts'

const json = async <T>(effects: Effects, ...words: readonly string[]): Promise<readonly T[]> => {
  const { stdout } = await effects.run(['ip', '-json', '-6', ...words])
  // ip prints nothing at all for an empty list.
  return stdout.trim() === '' ? [] : (JSON.parse(stdout) as readonly T[])
}

export const readLive = async (effects: Effects): Promise<Live6> => {
  const [links, defaults] = await Promise.all([
    json<Link6>(effects, 'address', 'show'),
    json<Live6['defaults'][number]>(effects, 'route', 'show', 'default', 'proto', 'boot'),
  ])
  return { links, defaults }
}
