import { setTimeout as sleep } from 'node:timers/promises'
import type { AnyService, Effects } from '@sysvm/agent/service'
import type { SpecEnvelope } from '@sysvm/agent/spec'
import { messageOf } from '@sysvm/errors'
import { interfacesOf } from '../whole.ts'
import { FIT, type Fitness, nextFitness, YIELD_MS } from './fitness.ts'
import { deafness, type Hearing, nextHearing } from './hearing.ts'
import { DEMOTION } from './keepalived.ts'
import { isMeeting, type Meeting, type Meetings, NONE_MET, nextMeetings } from './meetings.ts'
import { DEMOTED_FILE, RIVAL_FILE, YIELD_FILE } from './names.ts'
import { readRole } from './role.ts'
import type { RedundancySpec } from './spec.ts'

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

interface Listens {
  readonly peer: string
  readonly all: readonly string[]
}

interface Machine {
  readonly probes: Map<string, Probe>
  yielded?: Yielded
  meetings: Meetings
  /** Where it hears the other one, and where guests. */
  listens: Listens
  end?: () => void
}

/** A process has one. */
const machines = new WeakMap<Effects, Machine>()

const machineOf = (effects: Effects): Machine => {
  const known = machines.get(effects)
  if (known !== undefined) return known
  const machine: Machine = { probes: new Map(), meetings: NONE_MET, listens: { peer: '', all: [] } }
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
    tick: async (spec, effects, whole) => {
      if (!machineOf(effects).probes.has(name)) remember(spec, effects)
      await tick?.(spec, effects, whole)
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

/** keepalived reads them as track files: anything but 0 is a fault of this router, or added to its priority. */
const tellKeepalived = async (file: string, value: number, { run }: Effects): Promise<void> =>
  void (await run(['tee', file], { input: `${value}\n` }))

const packetsOf = async (devices: readonly string[], { readFile }: Effects): Promise<number> => {
  const counts = await Promise.all(
    devices.map(async (device) =>
      Number((await readFile(`/sys/class/net/${device}/statistics/rx_packets`)) ?? Number.NaN),
    ),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

const secondsOf = (text: string | undefined): number | undefined => {
  const seconds = Number(text?.trim() || Number.NaN)
  return Number.isFinite(seconds) ? seconds : undefined
}

/** When this router, as the primary, last heard another one that thought itself primary; seconds since the Epoch. */
export const readRival = async ({ readFile }: Effects): Promise<number | undefined> =>
  secondsOf(await readFile(RIVAL_FILE))

export const lastYielded = (effects: Effects): Yielded | undefined => machines.get(effects)?.yielded

/** Seconds since the Epoch until which it has no precedence, and takes no role; undefined where neither is so. */
export const damped = (effects: Effects): { readonly demotedUntil?: number; readonly heldUntil?: number } => {
  const { demotedUntil = 0, heldUntil = 0 } = machines.get(effects)?.meetings ?? {}
  const now = performance.now()
  const atClock = (until: number): number => Math.ceil((Date.now() + until - now) / 1000)
  return {
    ...(demotedUntil > now ? { demotedUntil: atClock(demotedUntil) } : {}),
    ...(heldUntil > now ? { heldUntil: atClock(heldUntil) } : {}),
  }
}

/** From now on the router looks at itself, lets go of its role when it does not serve, and tells of rivals. */
export const keepFit = ({ device }: RedundancySpec, whole: SpecEnvelope | undefined, effects: Effects): void => {
  const machine = machineOf(effects)
  const guests = whole === undefined ? [device] : interfacesOf(whole, 'guest').map((nic) => nic.device)
  machine.listens = { peer: device, all: guests }
  if (machine.end !== undefined) return
  let following = true
  machine.end = () => {
    following = false
    delete machine.end
  }
  let fitness: Fitness = FIT
  let hearing: Hearing = []
  let failure: string | undefined
  let rival: number | undefined
  const told = new Map<string, number>()
  const tellOnce = async (file: string, value: number): Promise<void> => {
    if (told.get(file) === value) return
    await tellKeepalived(file, value, effects)
    told.set(file, value)
  }
  const meet = (meeting: Meeting, since: number): void => {
    if (!isMeeting(machine.meetings, meeting.now)) return
    const before = machine.meetings
    const after = nextMeetings(before, meeting)
    machine.meetings = after
    effects.tell?.('rival', { since })
    if (after.demotedUntil > before.demotedUntil)
      process.stderr.write(`<4>redundancy: cut off again and again, it leaves precedence to the other router\n`)
    if (after.heldUntil > before.heldUntil)
      process.stderr.write(`<4>redundancy: it took over in vain, and does not for ${after.holdMs} ms\n`)
  }
  const look = async (round: number): Promise<void> => {
    const role = await readRole(effects)
    const heard = await readRival(effects)
    const now = performance.now()
    if (round > 0 && heard !== undefined && heard !== rival) meet({ now, role, deaf: deafness(hearing) }, heard)
    rival = heard
    const { peer, all } = machine.listens
    hearing = nextHearing(hearing, {
      at: now,
      fromPeer: await packetsOf([peer], effects),
      fromAll: await packetsOf(all, effects),
    })
    if (role !== 'PRIMARY') failure = undefined
    else if (round % PROBE_EACH === 0) failure = await failureOf(machine.probes)
    const [next, act] = nextFitness(fitness, { now, role, failed: failure !== undefined })
    fitness = next
    const { demotedUntil, heldUntil } = machine.meetings
    await tellOnce(DEMOTED_FILE, now < demotedUntil ? DEMOTION : 0)
    await tellOnce(YIELD_FILE, next.yields || now < heldUntil ? 1 : 0)
    if (act !== 'yield') return
    machine.yielded = { at: Math.floor(Date.now() / 1000), why: failure ?? '' }
    process.stderr.write(`<4>redundancy: the other router is asked to serve: ${failure}\n`)
    effects.tell?.('yielded', { why: failure })
  }
  const follow = async (): Promise<void> => {
    // What an agent that ended had told keepalived is taken back by the first look.
    for (let round = 0; following; round++) {
      await look(round).catch(() => undefined)
      await sleep(fitness.yields ? YIELD_MS : LOOK_MS, undefined, { ref: false })
    }
  }
  void follow().catch(() => undefined)
}

/** It is one of two no more. */
export const restFit = (effects: Effects): void => machines.get(effects)?.end?.()
