import { setTimeout as sleep } from 'node:timers/promises'
import { type Change, type Effects, LIVE } from '@sysvm/agent/service'
import { endFlowsOf } from '../interfaces/flows.ts'
import { readLive } from '../interfaces/read.ts'
import { heldStill, staleCommands } from '../interfaces/shared.ts'
import type { InterfacesSpec } from '../interfaces/spec.ts'
import { addressOf, servicesOf } from '../whole.ts'
import { keepFit, restFit } from './fit.ts'
import { CONNTRACKD_FILE, CONNTRACKD_UNIT, KEEPALIVED_UNIT } from './names.ts'
import { pin, unpin } from './neighbour.ts'
import { plan } from './plan.ts'
import { readRole } from './role.ts'
import type { RedundancySpec } from './spec.ts'
import { tellNoRoles, tellRoles } from './told.ts'

/** keepalived reads its new configuration a moment after it was told to. */
const LET_GO_TRIES = 100
const LET_GO_PAUSE_MS = 50

/** Takes back shared addresses that the spec no longer names, and ends the connections that were translated to them. */
const removeStale = async (spec: InterfacesSpec, effects: Effects): Promise<void> => {
  let live = await readLive(effects)
  const commands = staleCommands(spec, live)
  if (commands.length === 0) return
  for (let left = LET_GO_TRIES; left > 0 && heldStill(spec, live).length > 0; left--) {
    await sleep(LET_GO_PAUSE_MS)
    live = await readLive(effects)
  }
  await effects.run(['ip', '-batch', '-'], { input: `${commands.join('\n')}\n` })
  const gone = commands.map((command) => addressOf(command.split(' ')[2] ?? ''))
  await endFlowsOf(new Set(gone), effects)
}

const applyUnits = async (change: Change<RedundancySpec>, effects: Effects): Promise<void> => {
  const actions = plan(change)
  for (const unit of [CONNTRACKD_UNIT, KEEPALIVED_UNIT]) {
    const verb = actions.find(({ target }) => target === unit)?.verb
    if (!(await effects.unitActive(unit))) await effects.unit('start', unit)
    // It runs though nothing is known of with what.
    else if (verb === 'start') await effects.unit(unit === KEEPALIVED_UNIT ? 'reload' : 'restart', unit)
    else if (verb === 'reload' || verb === 'restart') await effects.unit(verb, unit)
  }
}

/** Least disturbance first: nothing, a reload that keeps the role; connections are there before the role. */
export const apply = async (change: Change<RedundancySpec>, effects: Effects): Promise<void> => {
  const { before, after } = change
  if (before !== undefined && before.device !== after?.device) await unpin(before, effects)
  if (after === undefined) {
    tellNoRoles(effects)
    restFit(effects)
    for (const unit of [KEEPALIVED_UNIT, CONNTRACKD_UNIT])
      if (await effects.unitActive(unit)) await effects.unit('stop', unit)
    return
  }
  tellRoles(effects)
  keepFit(after, effects)
  await pin(after, effects)
  await applyUnits(change, effects)
  const interfaces = change.whole === undefined ? undefined : servicesOf(change.whole).interfaces
  if (interfaces !== undefined) await removeStale(interfaces, effects)
}

/**
 * A restarted agent looks at itself again. A backup asks for all connections anew: what was lost while either conntrackd or
 * the network between them was away is not missing for ever.
 */
export const tick = async (spec: RedundancySpec, effects: Effects): Promise<void> => {
  keepFit(spec, effects)
  if ((await readRole(effects)) === 'BACKUP')
    await effects.run(['conntrackd', '-C', `${LIVE}/${CONNTRACKD_FILE}`, '-n'])
}
