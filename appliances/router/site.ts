import type { Effects } from '@sysvm/agent/service'
import { contains, contains6 } from '@sysvm/agent/spec'

/** Where addresses are, as the kernel routes to them. */
export interface Site {
  /** Whether it is the router's own. */
  readonly isLocal: (address: string) => boolean
  /** The device that packets to it leave by; undefined where there is no route. */
  readonly deviceOf: (address: string) => string | undefined
}

/** A route as `ip -json route show table all` prints it, as far as it matters here. */
export interface KernelRoute {
  readonly type?: string
  readonly dst: string
  readonly dev?: string
  readonly table?: string
}

interface Route {
  readonly cidr: string
  readonly prefix: number
  readonly device: string
}

const cidrOf = (dst: string, six: boolean): string => {
  if (dst === 'default') return six ? '::/0' : '0.0.0.0/0'
  return dst.includes('/') ? dst : `${dst}/${six ? 128 : 32}`
}

const isSix = (text: string): boolean => text.includes(':')

const holds = (cidr: string, address: string): boolean => {
  if (isSix(cidr) !== isSix(address)) return false
  return isSix(cidr) ? contains6(cidr, address) : contains(cidr, address)
}

/** Pure; `six` are the routes of IPv6. Tables of several uplinks lead where the main one does: outside. */
export const siteOf = (four: readonly KernelRoute[], six: readonly KernelRoute[]): Site => {
  const all = [...four.map((route) => ({ route, six: false })), ...six.map((route) => ({ route, six: true }))]
  const local = new Set(all.filter(({ route }) => route.type === 'local').map(({ route }) => route.dst))
  const routes = all
    .filter(({ route }) => (route.type ?? 'unicast') === 'unicast' && (route.table ?? 'main') === 'main')
    .flatMap(({ route: { dst, dev }, six }): readonly Route[] => {
      const cidr = cidrOf(dst, six)
      return dev === undefined ? [] : [{ cidr, prefix: Number(cidr.split('/')[1]), device: dev }]
    })
    .sort((a, b) => b.prefix - a.prefix)
  const known = new Map<string, string | undefined>()
  return {
    isLocal: (address) => local.has(address),
    deviceOf: (address) => {
      if (!known.has(address)) known.set(address, routes.find(({ cidr }) => holds(cidr, address))?.device)
      return known.get(address)
    },
  }
}

/** The kernel's routes now; none of a family that it does not have. */
export const readSite = async ({ run }: Effects): Promise<Site> => {
  const routes = async (family: '-4' | '-6'): Promise<readonly KernelRoute[]> => {
    const { stdout } = await run(['ip', '-json', family, 'route', 'show', 'table', 'all'])
    return stdout.trim() === '' ? [] : (JSON.parse(stdout) as readonly KernelRoute[])
  }
  const [four, six] = await Promise.all([routes('-4'), routes('-6').catch(() => [])])
  return siteOf(four, six)
}
