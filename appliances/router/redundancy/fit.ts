import { setTimeout as sleep } from 'node:timers/promises'
import type { AnyService, Effects } from '@sysvm/agent/service'
import { messageOf } from '@sysvm/errors'
import { FIT, type Fitness, nextFitness, YIELD_MS } from './fitness.ts'
import { RIVAL_FILE, YIELD_FILE } from './names.ts'
import { readRole } from './role.ts'

/** Services without which guests are not served, whatever else works. */
const SERVING: ReadonlySet<string> = new Set(['dhcp', 'dns', 'metadata', 'loadbalancer'])

const LOOK_MS = 500
/** Services are asked each so many looks. */
const PROBE_EACH = 4

interface Probe {
  readonly ask: () => Promise<void>
  /** Whether it has ever answered: what is about to start is not dead. */
  answered: boolean
}

export interface Yielded {
  /** Seconds since the Epoch. */
  readonly at: number
  readonly why: string
}

interface Machine {
  readonly probes: Map<string, Probe>
  yielded?: Yielded
  end?: () => void
}

/** A process has one. */
const machines = new WeakMap<Effects, Machine>()

const machineOf = (effects: Effects): Machine => {
  const known = machines.get(effects)
  if (known !== undefined) return known
  const machine: Machine = { probes: new Map() }
  machines.set(effects, machine)
  return machine
}

/** A service that guests use is remembered with what it is asked, also by an agent that was restarted. */
export const watched = (service: AnyService): AnyService => {
  const { name, apply, health, tick } = service
  if (!SERVING.has(name)) return service
  const remember = (spec: unknown, effects: Effects): void => {
    const { probes } = machineOf(effects)
    if (spec === undefined) probes.delete(name)
    else probes.set(name, { ask: () => health(spec, effects), answered: false })
  }
  return {
    ...service,
    apply: async (change, effects) => {
      // What is about to be started anew is not asked meanwhile.
      remember(undefined, effects)
      await apply(change, effects)
      remember(change.after, effects)
    },
    // A commit's probe is an answer, too.
    health: async (spec, effects) => {
      await health(spec, effects)
      const probe = machineOf(effects).probes.get(name)
      if (probe !== undefined) probe.answered = true
    },
    tick: async (spec, effects) => {
      if (!machineOf(effects).probes.has(name)) remember(spec, effects)
      await tick?.(spec, effects)
    },
  }
}

/** The first that does not answer any more, in its own words. */
const failureOf = async (probes: ReadonlyMap<string, Probe>): Promise<string | undefined> => {
  const asked = await Promise.all(
    [...probes].map(([name, probe]) =>
      probe.ask().then(
        () => {
          probe.answered = true
          return undefined
        },
        (error: unknown) => (probe.answered ? `${name}: ${messageOf(error)}` : undefined),
      ),
    ),
  )
  return asked.find((failure) => failure !== undefined)
}

/** keepalived reads it as a track file: anything but 0 is a fault of this router. */
const tellKeepalived = async (yields: boolean, { run }: Effects): Promise<void> =>
  void (await run(['tee', YIELD_FILE], { input: yields ? '1\n' : '0\n' }))

const secondsOf = (text: string | undefined): number | undefined => {
  const seconds = Number(text?.trim() || Number.NaN)
  return Number.isFinite(seconds) ? seconds : undefined
}

/** When this router, as the primary, last heard another one that thought itself primary; seconds since the Epoch. */
export const readRival = async ({ readFile }: Effects): Promise<number | undefined> =>
  secondsOf(await readFile(RIVAL_FILE))

export const lastYielded = (effects: Effects): Yielded | undefined => machines.get(effects)?.yielded

/** From now on the router looks at itself, lets go of its role when it does not serve, and tells of rivals. */
export const keepFit = (effects: Effects): void => {
  const machine = machineOf(effects)
  if (machine.end !== undefined) return
  let following = true
  machine.end = () => {
    following = false
    delete machine.end
  }
  let fitness: Fitness = FIT
  let failure: string | undefined
  let rival: number | undefined
  const look = async (round: number): Promise<void> => {
    const role = await readRole(effects)
    const heard = await readRival(effects)
    if (round > 0 && heard !== undefined && heard !== rival) effects.tell?.('rival', { since: heard })
    rival = heard
    if (role !== 'PRIMARY') failure = undefined
    else if (round % PROBE_EACH === 0) failure = await failureOf(machine.probes)
    const [next, act] = nextFitness(fitness, { now: performance.now(), role, failed: failure !== undefined })
    if (act !== undefined) await tellKeepalived(act === 'yield', effects)
    fitness = next
    if (act !== 'yield') return
    machine.yielded = { at: Math.floor(Date.now() / 1000), why: failure ?? '' }
    process.stderr.write(`<4>redundancy: the other router is asked to serve: ${failure}\n`)
    effects.tell?.('yielded', { why: failure })
  }
  const follow = async (): Promise<void> => {
    // An agent that ended while its router let go left it so.
    if ((await effects.readFile(YIELD_FILE))?.trim() === '1')
      await tellKeepalived(false, effects).catch(() => undefined)
    for (let round = 0; following; round++) {
      await look(round).catch(() => undefined)
      await sleep(fitness.yields ? YIELD_MS : LOOK_MS, undefined, { ref: false })
    }
  }
  void follow().catch(() => undefined)
}

/** It is one of two no more. */
export const restFit = (effects: Effects): void => machines.get(effects)?.end?.()
