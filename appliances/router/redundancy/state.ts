import { setTimeout as sleep } from 'node:timers/promises'
import type { Effects, MetricFamily } from '@sysvm/agent/service'
import { LIVE } from '@sysvm/agent/service'
import { SysvmError } from '@sysvm/errors'
import { readLive } from '../interfaces/read.ts'
import { damped, lastYielded, readRival, type Yielded } from './fit.ts'
import { flowsOf, type KeptFlows } from './flows.ts'
import { CONNTRACKD_FILE, CONNTRACKD_UNIT, KEEPALIVED_FILE, KEEPALIVED_UNIT } from './names.ts'
import { missingPin } from './neighbour.ts'
import { type RedundantState, readRole } from './role.ts'
import { misplaced, sharedOf } from './shared.ts'
import type { RedundancySpec } from './spec.ts'
import { tellRoles } from './told.ts'

export type { RedundantState } from './role.ts'

export interface RedundancyState {
  readonly state: RedundantState
  readonly rank: RedundancySpec['rank']
  /** Own address of the other router. */
  readonly peer: string
  /** Connections that conntrackd knows; absent when it does not answer. */
  readonly flows?: KeptFlows
  /** Seconds since the Epoch at which this router, the primary, last heard another one that was primary, too. */
  readonly rival?: number
  /** When and why it last let go of its role because it did not serve. */
  readonly yielded?: Yielded
  /** Seconds since the Epoch until which the other one goes on when both serve, and until which this one takes no role. */
  readonly demotedUntil?: number
  readonly heldUntil?: number
}

/** A router that has just been told takes a moment: its peer may have to be silent three times first. */
const SETTLE_TRIES = 60
const SETTLE_PAUSE_MS = 100

const readFlows = async ({ run }: Effects): Promise<KeptFlows | undefined> => {
  try {
    return flowsOf((await run(['conntrackd', '-C', `${LIVE}/${CONNTRACKD_FILE}`, '-s'])).stdout)
  } catch {
    return undefined
  }
}

export const state = async ({ rank, peer }: RedundancySpec, effects: Effects): Promise<RedundancyState> => {
  tellRoles(effects)
  const [role, flows, rival] = await Promise.all([readRole(effects), readFlows(effects), readRival(effects)])
  const yielded = lastYielded(effects)
  return {
    ...{ state: role, rank, peer: peer.address },
    ...(flows === undefined ? {} : { flows }),
    ...(rival === undefined ? {} : { rival }),
    ...(yielded === undefined ? {} : { yielded }),
    ...damped(effects),
  }
}

/** What is not as the role wants it: the primary has every shared address where it belongs, another router none. */
export const drift = async (spec: RedundancySpec, effects: Effects): Promise<readonly string[]> => {
  const role = await readRole(effects)
  const shared = sharedOf((await effects.readFile(`${LIVE}/${KEEPALIVED_FILE}`)) ?? '')
  const [live, pins] = await Promise.all([readLive(effects), missingPin(spec, effects)])
  return [...misplaced(role, shared, live), ...pins.map((command) => `needs: ip ${command}`)]
}

/** Both daemons run, a role was taken, and the addresses are where that role has them. */
export const health = async (spec: RedundancySpec, effects: Effects): Promise<void> => {
  for (const unit of [CONNTRACKD_UNIT, KEEPALIVED_UNIT])
    if (!(await effects.unitActive(unit))) throw new SysvmError('SYSVM_PROBE_FAILED', `${unit} does not run`)
  for (let left = SETTLE_TRIES; ; left--) {
    const wrong = await drift(spec, effects)
    if (wrong.length === 0) return
    if (left === 0)
      throw new SysvmError('SYSVM_PROBE_FAILED', `The shared addresses are not as the role wants: ${wrong.join('; ')}`)
    await sleep(SETTLE_PAUSE_MS)
  }
}

/** It could take over, or has. */
export const watch = async (_spec: RedundancySpec, effects: Effects): Promise<void> => {
  const role = await readRole(effects)
  if (role !== 'FAULT') return
  if (damped(effects).heldUntil !== undefined)
    throw new SysvmError('SYSVM_PROBE_FAILED', 'It took over in vain again and again, and does not for some seconds')
  throw new SysvmError('SYSVM_PROBE_FAILED', 'The device on which the routers hear each other is down')
}

export const metrics = async (_spec: RedundancySpec, effects: Effects): Promise<readonly MetricFamily[]> => [
  {
    name: 'sysvm_redundancy_primary',
    type: 'gauge',
    help: 'Whether the router has the shared addresses.',
    samples: [[{}, (await readRole(effects)) === 'PRIMARY' ? 1 : 0]],
  },
]
