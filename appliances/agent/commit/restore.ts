import { rm, writeFile } from 'node:fs/promises'
import { messageOf } from '@sysvm/errors'
import { readTextFile } from '../effects/index.ts'
import { log } from '../log.ts'
import type { AnyService } from '../service/index.ts'
import { applyOrder } from './apply.ts'
import { changeOf, type Generation, rulesetOf } from './generation.ts'
import type { Known } from './journal.ts'
import { type Machine, passer } from './machine.ts'
import { loadTransaction, wholeTransaction } from './netfilter.ts'

/** On tmpfs: which generation this boot's kernel and daemons are wholly in. Absent while that is not certain. */
const markerPath = ({ folders }: Machine): string => `${folders.run}/applied`

export const markApplied = async (machine: Machine, known: Known | null): Promise<void> => {
  await writeFile(markerPath(machine), JSON.stringify(known === null ? null : known.digest))
}

export const clearApplied = (machine: Machine): Promise<void> => rm(markerPath(machine), { force: true })

/** Digest of the applied generation, null for none; undefined when it is not certain. */
export const readApplied = async (machine: Machine): Promise<string | null | undefined> => {
  const text = await readTextFile(markerPath(machine))
  return text === undefined ? undefined : (JSON.parse(text) as string | null)
}

/**
 * Brings the machine wholly to the confirmed generation, from a failed one or from anything (`from` null). Goes on
 * where a part fails, since the rest is worth having, and returns what failed.
 */
export const restore = async (machine: Machine, from: Generation | null): Promise<string[]> => {
  const { services, effects, live, inForce } = machine
  const pass = passer(machine)
  const problems: string[] = []
  const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      problems.push(`${what}: ${messageOf(error)}`)
      log('error', `while generation ${inForce?.generation ?? 'none'} was restored, ${what}: ${messageOf(error)}`)
    }
  }
  await clearApplied(machine)
  // First of all, and whatever the services think of it: the manager must be able to come back.
  await attempt('control address', machine.secureControl)
  await attempt('files', async () => live.swap(inForce === null ? undefined : await live.write(inForce)))
  await pass('rollback-swapped')
  const bring = async (service: AnyService): Promise<void> => {
    const apply = (known: Generation | null) => service.apply(changeOf(known, inForce, service.name), effects)
    // Once more as if nothing were known of the service, should the least disturbing way fail.
    await attempt(`service ${service.name}`, () => apply(from).catch(() => apply(null)))
    await pass('rollback-service-applied')
  }
  const order = applyOrder(services, from, inForce)
  const goes = ({ name }: AnyService): boolean => inForce?.rendered[name] === undefined
  // What goes does so behind its firewall: without one, a router that still forwards is open to all sides.
  for (const service of order.filter(goes)) await bring(service)
  // The whole ruleset, not the difference: this must work from any state of the kernel.
  await attempt('netfilter', () => loadTransaction(wholeTransaction(rulesetOf(from), rulesetOf(inForce)), effects))
  await pass('rollback-netfilter-loaded')
  for (const service of order.filter((service) => !goes(service))) await bring(service)
  await pass('rollback-applied')
  machine.known = problems.length === 0
  if (machine.known) await markApplied(machine, inForce)
  await live.sweep()
  return problems
}
