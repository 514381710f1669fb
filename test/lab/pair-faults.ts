import type { Pair, Side, Wire } from './redundant.ts'
import { until } from './until.ts'

/** What goes wrong with one router, for as long as it is not mended. */
export interface PairFault {
  readonly name: string
  /** It mends itself: nothing has to be held. */
  readonly brief?: true
  strike(side: Side): Promise<unknown>
  mend(side: Side): Promise<unknown>
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

const nothing = async (): Promise<void> => undefined

/** Faults of one of two routers that leave the other one alone. */
export const faultsOf = (pair: Pair) => {
  const link = async ({ mac }: Wire, word: 'up' | 'down'): Promise<void> =>
    pair.one.host.namespace.ip(['link', 'set', await pair.portOf(mac), word])
  const cut = async (wires: readonly Wire[], mended: boolean): Promise<void> => {
    for (const { mac, bridge } of wires) await pair.cut(mac, mended ? bridge : undefined)
  }
  const linkCut = (name: string, kind: 'hearing' | 'public'): PairFault => ({
    name: `${name} cut`,
    strike: (side) => link(side[kind], 'down'),
    mend: (side) => link(side[kind], 'up'),
  })
  const killed = (name: string, script: string): PairFault => ({
    name: `${name} killed`,
    brief: true,
    strike: ({ router }) => router.inside(script),
    mend: nothing,
  })
  return {
    publicLink: linkCut('public link', 'public'),
    hearingLink: linkCut('link to the other router', 'hearing'),
    host: {
      name: 'host cut',
      strike: (side) => cut([side.hearing, ...side.tiers, side.public], false),
      mend: (side) => cut([side.public, ...side.tiers, side.hearing], true),
    },
    // All of keepalived: its parent alone would say good-bye.
    keepalived: killed('keepalived', 'kill -KILL $(pidof keepalived)'),
    conntrackd: killed('conntrackd', 'kill -KILL $(pidof conntrackd)'),
    agent: killed('agent', 'systemctl kill -s KILL sysvm-agent'),
    router: {
      name: 'router killed',
      strike: ({ router }) => router.driver.stopMachine(router.machine.name, { forced: true }),
      mend: async ({ router }) => {
        await router.driver.ensureMachine(router.machine)
        await until('it is back', () => router.ask('GET', '/v1/status').then(Boolean))
      },
    },
    frozen: {
      name: 'router frozen and woken',
      strike: (side) => signal(side, 'STOP'),
      mend: (side) => signal(side, 'CONT'),
    },
    apart: {
      name: 'cut off from each other, and heal',
      strike: ({ hearing }) => cut([hearing], false),
      mend: ({ hearing }) => cut([hearing], true),
    },
  } satisfies Record<string, PairFault>
}
