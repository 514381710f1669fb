import type { Status } from '@sysvm/agent/api'
import { until } from '../../lab/index.ts'
import { faultsOf, type PairFault } from '../../lab/pair-faults.ts'
import { rolesOf, type Side } from '../../lab/redundant.ts'
import { PUBLIC, type VpcChanges, type VpcPair, vpcSpec } from '../../lab/redundant-vpc.ts'
import { pings } from '../../lab/router/guest.ts'
import { accountsOf, unknownTo } from './known.ts'
import type { PairGround } from './run.ts'

export const OUTSIDE = '198.51.100.1'
const FIRST_PORT = 20_000
const FIRST_ALLOWED = 30_000

/** Each document has another forwarded port and another port in an ACL, and every other one the third tier. */
export const changesOf = (document: number): VpcChanges => ({
  port: FIRST_PORT + document,
  allowed: FIRST_ALLOWED + document,
  late: document % 2 === 1,
})

const statusOf = ({ router }: Side): Promise<Status> => router.ask<Status>('GET', '/v1/status', { timeoutMs: 5000 })

export interface Routers extends PairGround {
  readonly faults: readonly string[]
  /** The last document's. */
  readonly changes: () => VpcChanges
}

/** Two routers of the image, without a manager: this one does what a manager does. */
export const routersOn = (pair: VpcPair): Routers => {
  const { sides } = pair
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
    await sides[1].router.commit(vpcSpec('second', changesOf(document)), generation)
    await sides[0].router.commit(vpcSpec('first', changesOf(document)), generation)
    return true
  }

  return {
    faults: [...faults.keys()],
    changes: () => changesOf(document),
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
      await until('a guest is reached from outside', () => pings(pair.outside, PUBLIC.static))
    },
    settled: async () => {
      await until('one serves, the other waits', async () => {
        const roles = await rolesOf(pair)
        return roles.toSorted().join() === 'BACKUP,PRIMARY'
      })
      const backup = sides[(await rolesOf(pair)).indexOf('BACKUP')] ?? sides[1]
      let missing: readonly string[] = []
      const knows = async (): Promise<boolean> => {
        missing = await unknownTo(backup, [pair.guest, pair.outside])
        return missing.length === 0
      }
      await until('it knows the connections', knows).catch(async (cause: unknown) => {
        throw new Error(`${backup.router.machine.name} does not know all:\n${await accountsOf(pair, missing)}`, {
          cause,
        })
      })
    },
  }
}
