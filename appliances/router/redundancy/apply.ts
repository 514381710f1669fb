import { setTimeout as sleep } from 'node:timers/promises'
import { type Change, type Effects, LIVE } from '@sysvm/agent/service'
import type { SpecEnvelope } from '@sysvm/agent/spec'
import { endFlowsOf } from '../interfaces/flows.ts'
import { addressesOf } from '../interfaces/live.ts'
import { readLive } from '../interfaces/read.ts'
import { heldStill, leftLinks, staleCommands } from '../interfaces/shared.ts'
import type { InterfacesSpec } from '../interfaces/spec.ts'
import { addressOf, servicesOf } from '../whole.ts'
import { keepFit, restFit } from './fit.ts'
import { CONNTRACKD_FILE, CONNTRACKD_UNIT, KEEPALIVED_UNIT } from './names.ts'
import { pin, unpin } from './neighbour.ts'
import { endServing, forgetOwner, servesAlone, startServing } from './owner.ts'
import { plan } from './plan.ts'
import { readRole } from './role.ts'
import type { RedundancySpec } from './spec.ts'
import { tellNoRoles, tellRoles } from './told.ts'

/** keepalived reads its new configuration a moment after it was told to. */
const LET_GO_TRIES = 100
const LET_GO_PAUSE_MS = 50

/** A backup shows nothing of what it has read. */
const REREAD_MS = 1000

/**
 * Takes back shared addresses that the spec no longer names and devices that left it, and ends the connections that were
 * translated to them. Not before keepalived has let go: the loss of an address, or the end of a device, would move its role.
 */
const removeStale = async (spec: InterfacesSpec, effects: Effects): Promise<void> => {
  let live = await readLive(effects)
  const commands = staleCommands(spec, live)
  const left = leftLinks(spec, live)
  if (commands.length + left.length === 0) return
  const gone = new Set(commands.map((command) => addressOf(command.split(' ')[2] ?? '')))
  const held = (): readonly string[] => [
    ...heldStill(spec, live),
    ...leftLinks(spec, live)
      .flatMap(addressesOf)
      .filter((cidr) => gone.has(addressOf(cidr))),
  ]
  for (let tries = LET_GO_TRIES; tries > 0 && held().length > 0; tries--) {
    await sleep(LET_GO_PAUSE_MS)
    live = await readLive(effects)
  }
  if (left.length > 0) await sleep(REREAD_MS)
  const released = left.flatMap(({ ifname }) => [`address flush dev ${ifname}`, `link set dev ${ifname} down`])
  await effects.run(['ip', '-batch', '-'], { input: `${[...commands, ...released].join('\n')}\n` })
  await endFlowsOf(gone, effects)
}

const start = async (unit: string, { before, whole }: Change<RedundancySpec>, effects: Effects): Promise<void> => {
  const interfaces = whole === undefined ? undefined : servicesOf(whole).interfaces
  const alone = unit === KEEPALIVED_UNIT && before === undefined && interfaces !== undefined
  if (alone && (await servesAlone(interfaces, effects))) await startServing(effects)
  else await effects.unit('start', unit)
}

const applyUnits = async (change: Change<RedundancySpec>, effects: Effects): Promise<void> => {
  const actions = plan(change)
  // What an agent that was killed has left is no part of what is reloaded below.
  await forgetOwner(effects)
  for (const unit of [CONNTRACKD_UNIT, KEEPALIVED_UNIT]) {
    const verb = actions.find(({ target }) => target === unit)?.verb
    if (!(await effects.unitActive(unit))) await start(unit, change, effects)
    // It runs though nothing is known of with what.
    else if (verb === 'start') await effects.unit(unit === KEEPALIVED_UNIT ? 'reload' : 'restart', unit)
    else if (verb === 'reload' || verb === 'restart') await effects.unit(verb, unit)
  }
}

/** Least disturbance first: nothing, a reload that keeps the role; connections are there before the role. */
export const apply = async (change: Change<RedundancySpec>, effects: Effects): Promise<void> => {
  const { before, after, whole } = change
  if (before !== undefined && before.device !== after?.device) await unpin(before, effects)
  if (after === undefined) {
    tellNoRoles(effects)
    restFit(effects)
    await endServing(effects)
    if (await effects.unitActive(CONNTRACKD_UNIT)) await effects.unit('stop', CONNTRACKD_UNIT)
    return
  }
  tellRoles(effects)
  keepFit(after, whole, effects)
  await pin(after, effects)
  await applyUnits(change, effects)
  const interfaces = whole === undefined ? undefined : servicesOf(whole).interfaces
  if (interfaces !== undefined) await removeStale(interfaces, effects)
}

/**
 * A restarted agent looks at itself again. A backup asks for all connections anew: what was lost while either conntrackd or
 * the network between them was away is not missing for ever.
 */
export const tick = async (spec: RedundancySpec, effects: Effects, whole: SpecEnvelope): Promise<void> => {
  await forgetOwner(effects)
  keepFit(spec, whole, effects)
  if ((await readRole(effects)) === 'BACKUP')
    await effects.run(['conntrackd', '-C', `${LIVE}/${CONNTRACKD_FILE}`, '-n'])
}
