import type { RedundancyState, RouterServices } from '@sysvm/router/spec'
import { createLab, type Lab } from './lab.ts'
import type { Namespace } from './namespace.ts'
import { BRIDGES, type RealRouter, type RealRouterOptions, realSpec, startRealRouter } from './real-router.ts'
import { baseSpec, macs } from './router/spec.ts'
import { until } from './until.ts'

/** MAC addresses of the second router's nics. */
export const second = { guest: '02:00:0a:01:01:02', public: '02:00:c6:33:64:06' } as const

export interface PairSpec {
  readonly publics?: readonly string[]
  readonly advertMs?: number
  /** Beside the lab's own. */
  readonly services?: Partial<RouterServices>
}

/** The lab's spec for one router of a pair. */
export const pairSpec = (
  which: 'first' | 'second',
  // A machine that runs other tests beside this one is late at times, and must not be taken for dead.
  { publics = [], advertMs = 500, services: more = {} }: PairSpec = {},
): RouterServices => {
  const first = which === 'first'
  const [control, inner, outer] = baseSpec.interfaces.interfaces
  const services = {
    ...baseSpec,
    interfaces: {
      ...baseSpec.interfaces,
      interfaces: [
        control,
        { ...inner, mac: first ? macs.guest : second.guest, own: [first ? '10.1.1.2/24' : '10.1.1.3/24'] },
        { ...outer, mac: first ? macs.public : second.public, addresses: [...outer.addresses, ...publics], own: [] },
      ],
    },
    redundancy: {
      device: 'eth1',
      peer: first ? { address: '10.1.1.3', mac: second.guest } : { address: '10.1.1.2', mac: macs.guest },
      rank: which,
      advertMs,
    },
    ...more,
  }
  return realSpec(services as unknown as RouterServices, first ? 5 : 6)
}

/** A nic of a router and the network that it is on. */
export interface Wire {
  readonly mac: string
  readonly bridge: string
}

/** One of two routers, and what it is connected by. */
export interface Side {
  readonly router: RealRouter
  /** On it the two hear each other. */
  readonly hearing: Wire
  readonly public: Wire
  /** Tiers of guests. */
  readonly tiers: readonly Wire[]
}

/** Two routers of the real image between a guest (10.1.1.10) and the outside (198.51.100.1), on one host. */
export interface Pair extends AsyncDisposable {
  readonly lab: Lab
  readonly one: RealRouter
  readonly two: RealRouter
  readonly sides: readonly [Side, Side]
  readonly guest: Namespace
  readonly outside: Namespace
  /** A machine on the guest network, without an address. */
  readonly booting: Namespace
  /** The host's device behind a router's nic. */
  portOf(mac: string): Promise<string>
  /** Takes a router's nic off its network, or puts it back, without the router seeing its link go. */
  cut(mac: string, bridge: string | undefined): Promise<void>
}

export const stateOf = (router: RealRouter): Promise<RedundancyState> =>
  router.ask<RedundancyState>('GET', '/v1/state/redundancy')

export const rolesOf = async ({ one, two }: Pair): Promise<readonly string[]> =>
  (await Promise.all([stateOf(one), stateOf(two)])).map(({ state }) => state)

export const become = (pair: Pair, ...wanted: readonly string[]): Promise<unknown> =>
  until(`the roles are ${wanted.join(' and ')}`, async () => (await rolesOf(pair)).join() === wanted.join())

/** Of the first router and the second. */
export type Ranked<T> = (rank: 'first' | 'second') => T

export interface TwoRouters {
  readonly name: string
  readonly specs: Ranked<RouterServices>
  /** Of the first router, which may be a VM; the second one is a container. */
  readonly first?: RealRouterOptions
  /** Nics beside those of the guest and the public network. */
  readonly nics?: Ranked<NonNullable<RealRouterOptions['nics']>>
  /** Where they hear each other and which of their nics lead to guests, unless it is the guest's network. */
  readonly wires?: Ranked<Pick<Side, 'hearing' | 'tiers'>>
}

export const openTwo = async ({ name, specs, first, nics, wires }: TwoRouters): Promise<Pair> => {
  const lab = await createLab(name)
  const one = await startRealRouter(lab, { ...first, ...(nics && { nics: nics('first') }) })
  const two = await startRealRouter(lab, {
    ...{ number: 6, macs: second, beside: one },
    ...(nics && { nics: nics('second') }),
  })
  const { namespace } = one.host
  const [guest, outside, booting] = await Promise.all([
    lab.namespace('guest'),
    lab.namespace('outside'),
    lab.namespace('booting'),
  ])
  await lab.link(
    { at: guest, device: 'eth0', address: '10.1.1.10/24' },
    { at: namespace, device: 'to-guest', bridge: BRIDGES.guest },
  )
  await lab.link(
    { at: outside, device: 'eth0', address: '198.51.100.1/24' },
    { at: namespace, device: 'to-outside', bridge: BRIDGES.public },
  )
  await lab.link(
    { at: booting, device: 'eth0', mac: '02:00:00:00:00:01' },
    { at: namespace, device: 'to-booting', bridge: BRIDGES.guest },
  )
  await guest.route('default', '10.1.1.1')
  await one.commit(specs('first'))
  await two.commit(specs('second'))
  const portOf: Pair['portOf'] = async (mac) => {
    const { stdout } = await namespace.exec(['ip', '-json', 'link', 'show'])
    const links = JSON.parse(stdout) as { ifname: string; ifalias?: string }[]
    return links.find(({ ifalias }) => ifalias === mac)?.ifname ?? ''
  }
  const cut: Pair['cut'] = async (mac, bridge) =>
    namespace.ip(['link', 'set', await portOf(mac), ...(bridge === undefined ? ['nomaster'] : ['master', bridge])])
  const sideOf = (router: RealRouter, rank: 'first' | 'second'): Side => {
    const own = rank === 'first' ? macs : second
    const guests = { mac: own.guest, bridge: BRIDGES.guest }
    return {
      router,
      public: { mac: own.public, bridge: BRIDGES.public },
      ...(wires?.(rank) ?? { hearing: guests, tiers: [] }),
    }
  }
  return {
    lab,
    one,
    two,
    sides: [sideOf(one, 'first'), sideOf(two, 'second')],
    guest,
    outside,
    booting,
    portOf,
    cut,
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  }
}

export const openPair = (name: string, spec: PairSpec = {}, first: RealRouterOptions = {}): Promise<Pair> =>
  openTwo({ name, specs: (rank) => pairSpec(rank, spec), first })
