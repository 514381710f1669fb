import { BRIDGES, type RealRouter } from './real-router.ts'
import { type Pair, second } from './redundant.ts'
import { macs } from './router/spec.ts'
import { until } from './until.ts'

/** One of two routers, and the MAC addresses of its nics. */
export interface Side {
  readonly router: RealRouter
  readonly macs: { readonly guest: string; readonly public: string }
}

export const sidesOf = ({ one, two }: Pair): readonly [Side, Side] => [
  { router: one, macs },
  { router: two, macs: second },
]

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
  const link = async (side: Side, kind: 'guest' | 'public', word: 'up' | 'down'): Promise<void> =>
    pair.one.host.namespace.ip(['link', 'set', await pair.portOf(side.macs[kind]), word])
  const cut = async ({ macs: of }: Side, mended: boolean, ...kinds: ('guest' | 'public')[]): Promise<void> => {
    for (const kind of kinds) await pair.cut(of[kind], mended ? BRIDGES[kind] : undefined)
  }
  const linkCut = (kind: 'guest' | 'public'): PairFault => ({
    name: `${kind} link cut`,
    strike: (side) => link(side, kind, 'down'),
    mend: (side) => link(side, kind, 'up'),
  })
  const killed = (name: string, script: string): PairFault => ({
    name: `${name} killed`,
    brief: true,
    strike: ({ router }) => router.inside(script),
    mend: nothing,
  })
  return {
    publicLink: linkCut('public'),
    guestLink: linkCut('guest'),
    host: {
      name: 'host cut',
      strike: (side) => cut(side, false, 'guest', 'public'),
      mend: (side) => cut(side, true, 'public', 'guest'),
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
      strike: (side) => cut(side, false, 'guest'),
      mend: (side) => cut(side, true, 'guest'),
    },
  } satisfies Record<string, PairFault>
}
