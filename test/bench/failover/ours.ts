import { setTimeout as sleep } from 'node:timers/promises'
import type { LoadBalancerSpec } from '@sysvm/router/spec'
import { type Lab, type Namespace, until } from '../../lab/index.ts'
import { BRIDGES, type RealRouter } from '../../lab/real-router.ts'
import { openPair, type Pair, rolesOf, second, stateOf } from '../../lab/redundant.ts'
import { macs } from '../../lab/router/spec.ts'
import type { Fault, Ground } from './ground.ts'
import { BUSY, IDLE } from './measure.ts'

const OUTSIDE = '198.51.100.1'
const BALANCED = '198.51.100.5'
/** How long a frozen router sleeps, and two that are cut off from each other both serve. */
const ASLEEP_MS = 3000

const loadbalancer: LoadBalancerSpec = {
  rules: [
    {
      id: 'files',
      device: 'eth1',
      address: BALANCED,
      port: 80,
      protocol: 'tcp',
      algorithm: 'roundrobin',
      members: [{ id: 'm1', address: '10.1.1.10', port: 8080, weight: 100, state: 'ready' }],
      certificates: [],
      allow: [],
    },
  ],
  certificates: [],
  maxConnections: 8000,
}

interface Side {
  readonly router: RealRouter
  readonly macs: { readonly guest: string; readonly public: string }
}

const portOf = async (host: Namespace, mac: string): Promise<string> => {
  const { stdout } = await host.exec(['ip', '-json', 'link', 'show'])
  const links = JSON.parse(stdout) as { ifname: string; ifalias?: string }[]
  return links.find(({ ifalias }) => ifalias === mac)?.ifname ?? ''
}

const signal = ({ router }: Side, word: 'STOP' | 'CONT'): Promise<unknown> =>
  router.host.connection.run([
    'sh',
    '-c',
    'kill -s "$1" $(ip netns pids "$2")',
    'sh',
    word,
    `sv-${router.machine.name}`,
  ])

const faultsOf = (pair: Pair, primary: () => Promise<Side>): readonly Fault[] => {
  const host = pair.one.host.namespace
  let struck: Side | undefined
  const link = async (side: Side, kind: 'guest' | 'public', word: 'up' | 'down'): Promise<void> =>
    host.ip(['link', 'set', await portOf(host, side.macs[kind]), word])
  const cut = async ({ macs: of }: Side, mended: boolean, ...kinds: ('guest' | 'public')[]): Promise<void> => {
    for (const kind of kinds) await pair.cut(of[kind], mended ? BRIDGES[kind] : undefined)
  }
  const fault = (
    name: string,
    strike: (side: Side) => Promise<unknown>,
    mend: (side: Side) => Promise<unknown> = async () => undefined,
    survivable = true,
  ): Fault => ({
    name,
    survivable,
    strike: async () => {
      struck = await primary()
      await strike(struck)
    },
    mend: async () => {
      if (struck !== undefined) await mend(struck)
    },
  })
  return [
    fault(
      'public link cut',
      (side) => link(side, 'public', 'down'),
      (side) => link(side, 'public', 'up'),
    ),
    fault(
      'guest link cut',
      (side) => link(side, 'guest', 'down'),
      (side) => link(side, 'guest', 'up'),
    ),
    fault(
      'host cut',
      (side) => cut(side, false, 'guest', 'public'),
      (side) => cut(side, true, 'public', 'guest'),
    ),
    fault('keepalived killed', ({ router }) => router.inside('kill -KILL $(pidof keepalived)')),
    fault('agent killed', ({ router }) => router.inside('systemctl kill -s KILL sysvm-agent')),
    fault(
      'router killed',
      ({ router }) => router.driver.stopMachine(router.machine.name, { forced: true }),
      async ({ router }) => {
        await router.driver.ensureMachine(router.machine)
        await until('it is back', () => router.ask('GET', '/v1/status').then(Boolean))
      },
    ),
    fault('router frozen and woken', async (side) => {
      await signal(side, 'STOP')
      await sleep(ASLEEP_MS)
      await signal(side, 'CONT')
    }),
    fault('cut off from each other, and heal', async (side) => {
      await cut(side, false, 'guest')
      await sleep(ASLEEP_MS)
      await cut(side, true, 'guest')
    }),
  ]
}

/** Two routers of the image with the words of each other that their spec has unless told otherwise. */
export const oursOn = async (): Promise<Ground & { readonly lab: Lab }> => {
  const pair = await openPair('bench-failover', { advertMs: 100, services: { loadbalancer } })
  const sides: readonly Side[] = [
    { router: pair.one, macs },
    { router: pair.two, macs: second },
  ]
  const primary = async (): Promise<Side> => {
    const roles = await rolesOf(pair)
    return sides[roles.indexOf('PRIMARY')] as Side
  }
  return {
    lab: pair.lab,
    guest: pair.guest,
    outside: pair.outside,
    address: OUTSIDE,
    balanced: BALANCED,
    faults: faultsOf(pair, primary),
    settled: async () => {
      await until('one serves, the other waits', async () => {
        const roles = await rolesOf(pair)
        return roles.toSorted().join() === 'BACKUP,PRIMARY'
      })
      const backup = (await stateOf(pair.one)).state === 'BACKUP' ? pair.one : pair.two
      await until('it knows the connections', async () => {
        const { flows } = await stateOf(backup)
        return (flows?.peer ?? 0) >= IDLE + BUSY
      })
    },
  }
}
