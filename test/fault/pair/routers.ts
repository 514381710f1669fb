import type { Status } from '@sysvm/agent/api'
import type { RouterServices } from '@sysvm/router/spec'
import { until } from '../../lab/index.ts'
import { faultsOf, type PairFault, type Side, sidesOf } from '../../lab/pair-faults.ts'
import { type Pair, pairSpec, rolesOf, stateOf } from '../../lab/redundant.ts'
import { pings } from '../../lab/router/guest.ts'
import { baseSpec } from '../../lab/router/spec.ts'
import type { PairGround } from './run.ts'

export const OUTSIDE = '198.51.100.1'
const FIRST_PORT = 20_000

/** What of the spec changes with each document: the port that leads to the guest. */
const forwardOf = (document: number) => ({
  id: `document-${document}`,
  address: '198.51.100.5',
  protocol: 'tcp' as const,
  port: FIRST_PORT + document,
  guest: '10.1.1.10',
  guestPort: 7001,
})

const specOf = (rank: 'first' | 'second', document: number): RouterServices =>
  pairSpec(rank, {
    advertMs: 100,
    services: {
      nat: { ...baseSpec.nat, source: [...baseSpec.nat.source], static: [], forwards: [forwardOf(document)] },
    },
  })

const statusOf = ({ router }: Side): Promise<Status> => router.ask<Status>('GET', '/v1/status', { timeoutMs: 5000 })

export interface Routers extends PairGround {
  readonly faults: readonly string[]
  /** Of the last document. */
  readonly port: () => number
  readonly sides: readonly [Side, Side]
}

/** Two routers of the image, without a manager: this one does what a manager does. */
export const routersOn = (pair: Pair, held: number): Routers => {
  const sides = sidesOf(pair)
  const faults = new Map<string, PairFault>(Object.values(faultsOf(pair)).map((fault) => [fault.name, fault]))
  let document = 0
  let committing: Promise<void> = Promise.resolve()

  /** The backup first; what one of them refuses or does not hear is told to both again with the next number. */
  const publish = async (): Promise<boolean> => {
    const seen = await Promise.all(
      sides.map(async (side) => {
        const { confirmed, pending, lastFailure } = await statusOf(side)
        if (pending !== null) await side.router.ask('POST', '/v1/rollback', { body: {} })
        return Math.max(confirmed ?? 0, pending?.generation ?? 0, lastFailure?.generation ?? 0)
      }),
    )
    const generation = Math.max(...seen) + 1
    await sides[1].router.commit(specOf('second', document), generation)
    await sides[0].router.commit(specOf('first', document), generation)
    return true
  }

  return {
    faults: [...faults.keys()],
    sides,
    port: () => forwardOf(document).port,
    strike: async (name, victim) => {
      // An agent that was just killed is about to answer.
      const roles = await until('both say who they are', () => rolesOf(pair))
      const side = sides[roles.indexOf(victim)] ?? sides[0]
      await faults.get(name)?.strike(side)
      return async () => void (await faults.get(name)?.mend(side))
    },
    commit: () => {
      committing = committing.then(async () => {
        document += 1
        await until('both hold the document', publish, { timeoutMs: 60_000, everyMs: 200 })
      })
      return committing
    },
    served: async () => {
      await until('the outside is reached', () => pings(pair.guest, OUTSIDE))
    },
    settled: async () => {
      await until('one serves, the other waits', async () => {
        const roles = await rolesOf(pair)
        return roles.toSorted().join() === 'BACKUP,PRIMARY'
      })
      const backup = (await stateOf(pair.one)).state === 'BACKUP' ? pair.one : pair.two
      const known =
        'conntrackd -C /run/sysvm/live/redundancy/conntrackd.conf -e | grep -c "ESTABLISHED.*dport=7001" || :'
      await until('it knows the connections', async () => Number(await backup.inside(known)) >= held)
    },
  }
}
