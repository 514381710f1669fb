import type { Effects } from '@sysvm/agent/service'
import type { RoutingSpec } from './spec.ts'

/** What `ip -json route` tells of a route. */
interface Route {
  readonly dst: string
  readonly gateway?: string
}

const list = async ({ run }: Effects, family: '-4' | '-6'): Promise<readonly Route[]> => {
  // Without IPv6 in the kernel there are no routes of it.
  const argv = ['ip', '-json', family, 'route', 'show', 'proto', 'static'] as const
  const { stdout } = await (family === '-4' ? run(argv) : run(argv).catch(() => ({ stdout: '' })))
  return stdout.trim() === '' ? [] : (JSON.parse(stdout) as readonly Route[])
}

/** `ip` prints a single host without its length. */
const networkOf = ({ dst }: Route): string => (dst.includes('/') ? dst : `${dst}/${dst.includes(':') ? 128 : 32}`)

/**
 * Lines for `ip -batch` that make the kernel's static routes those of the spec; the default is not one of them, nor what
 * keepalived has on the primary. What a router that served alone has of that stays until keepalived has it. Pure.
 */
export const routeLines = (routes: RoutingSpec['static'], live: readonly Route[]): readonly string[] => {
  const have = new Map(live.filter(({ dst }) => dst !== 'default').map((route) => [networkOf(route), route.gateway]))
  const want = new Map(routes.flatMap(({ network, via, shared }) => (shared ? [] : [[network, via] as const])))
  const isShared = (network: string, gateway: string | undefined): boolean =>
    routes.some((route) => route.shared && route.network === network && route.via === gateway)
  const family = (network: string): string => (network.includes(':') ? '-6' : '-4')
  return [
    ...[...have]
      .filter(([network, gateway]) => !want.has(network) && !isShared(network, gateway))
      .map(([network]) => `route delete ${network} proto static`),
    ...[...want]
      .filter(([network, via]) => have.get(network) !== via)
      .map(([network, via]) => `route replace ${network} via ${via} proto static`),
  ].toSorted((a, b) => family(a).localeCompare(family(b)))
}

export const readStatic = async (effects: Effects): Promise<readonly Route[]> =>
  (await Promise.all([list(effects, '-4'), list(effects, '-6')])).flat()

export const applyStatic = async (routes: RoutingSpec['static'], effects: Effects): Promise<void> => {
  const lines = routeLines(routes, await readStatic(effects))
  if (lines.length > 0) await effects.run(['ip', '-batch', '-'], { input: `${lines.join('\n')}\n` })
}
