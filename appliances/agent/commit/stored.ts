import { SysvmError } from '@sysvm/errors'
import { optimizeFor } from '../effects/optimize.ts'
import { log } from '../log.ts'
import { type Json, treeDigest } from '../spec/difference/index.ts'
import { differenceFrom, readDifference, readWhole, type Told, toldBy } from './document.ts'
import type { Known } from './journal.ts'
import type { Machine } from './machine.ts'
import type { StoredSpec } from './store.ts'

/** Differences that may lie on disk between a generation and the document they began with. */
const MOST_DIFFERENCES = 64
/** From so many on the document itself is written, when there is time. */
const MANY_DIFFERENCES = 8

const notConfirmed = (generation: number): SysvmError =>
  new SysvmError('SYSVM_SPEC_CONFLICT', `The stored spec of generation ${generation} is not the one confirmed.`)

/** What was written of the result, if it is that: the signed difference says by its digest what it leads to. */
const resultOf = ({ result }: StoredSpec, digest: string): Json | undefined => {
  if (result === undefined) return undefined
  try {
    const json = JSON.parse(result.toString()) as Json
    return typeof json === 'object' && json !== null && treeDigest(json) === digest ? json : undefined
  } catch {
    return undefined
  }
}

/** The JSON of a generation on disk; every part of it is verified to be the manager's. */
const readJson = async (machine: Machine, { generation, digest }: Known): Promise<Json> => {
  const stored = await machine.store.readSpec(generation)
  optimizeFor(Math.max(stored.bytes.length, stored.result?.length ?? 0))
  if (stored.as === 'whole') {
    const whole = readWhole(stored, machine.identity)
    if (whole.digest !== digest) throw notConfirmed(generation)
    return whole.json
  }
  const difference = readDifference(stored, machine.identity)
  if (difference.digest !== digest || difference.generation !== generation) throw notConfirmed(generation)
  return resultOf(stored, digest) ?? differenceFrom(await readJson(machine, difference.base), difference)
}

/** Reads and verifies a generation that was accepted earlier. */
export const readStored = async (machine: Machine, known: Known): Promise<Told> =>
  toldBy(await readJson(machine, known), known.digest, machine.identity, machine.services)

/** Whoever starts reads all of them: so no more are taken than are read in a moment. */
export const refuseLongChain = async ({ store }: Machine, base: number): Promise<void> => {
  if ((await store.distance(base)) < MOST_DIFFERENCES) return
  throw new SysvmError(
    'SYSVM_SPEC_BASE',
    `${MOST_DIFFERENCES} differences lead to generation ${base}; send the whole spec.`,
  )
}

/** Writes the document in force beside its difference, so that older ones may go. It costs only space where it fails. */
export const settle = async ({ store, inForce, pending }: Machine): Promise<void> => {
  if (inForce === null || pending !== null || (await store.distance(inForce.generation)) < MANY_DIFFERENCES) return
  try {
    await store.writeResult(inForce.generation, JSON.stringify(inForce.json))
    await store.prune([inForce.generation])
  } catch (error) {
    log('warning', `generation ${inForce.generation} stays a difference on disk: ${String(error)}`)
  }
}
