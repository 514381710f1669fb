import { setTimeout as sleep } from 'node:timers/promises'
import type { Change, Effects } from '@sysvm/agent/service'
import { linesOf } from './config.ts'
import { changeCommands, readConfig, runningAs } from './diff.ts'
import type { BgpSpec, RoutingSpec } from './spec.ts'
import { applyStatic } from './static.ts'
import { ask, configure } from './vty.ts'

/** bgpd tells zebra its routes, which tells the kernel; mgmtd is zebra's configuration. */
export const UNIT = 'sysvm-bgpd.service'
const HELPERS = ['sysvm-mgmtd.service', 'sysvm-zebra.service']
const START_TRIES = 100
const START_PAUSE_MS = 50

/** bgpd opens its socket a moment after its start. */
const untilAnswers = async (effects: Effects): Promise<void> => {
  for (let left = START_TRIES; ; left--) {
    try {
      await ask(effects)
      return
    } catch (error) {
      if (left === 0) throw error
    }
    await sleep(START_PAUSE_MS)
  }
}

const stop = async (effects: Effects): Promise<void> => {
  for (const unit of [UNIT, ...HELPERS.toReversed()]) await effects.unit('stop', unit)
}

const start = async (verb: 'start' | 'restart', effects: Effects): Promise<void> => {
  for (const unit of HELPERS) if (!(await effects.unitActive(unit))) await effects.unit('start', unit)
  await effects.unit(verb, UNIT)
  await untilAnswers(effects)
}

/** Tells the running bgpd what differs, peer by peer; it is started anew only to become another system. */
const applyBgp = async (bgp: BgpSpec, effects: Effects): Promise<void> => {
  if (!(await effects.unitActive(UNIT))) return start('start', effects)
  const [text = ''] = await ask(effects, 'show running-config')
  const running = readConfig(text)
  if (runningAs(running) !== `router bgp ${bgp.asn}`) return start('restart', effects)
  const commands = changeCommands(running, linesOf(bgp))
  if (commands.length > 0) await configure(effects, commands)
}

export const apply = async ({ before, after }: Change<RoutingSpec>, effects: Effects): Promise<void> => {
  await applyStatic(after?.static ?? [], effects)
  if (after?.bgp !== undefined) return applyBgp(after.bgp, effects)
  // Without knowledge of before, daemons of an undone generation may run.
  const runs = before === undefined ? await effects.unitActive(UNIT) : before.bgp !== undefined
  if (runs) await stop(effects)
}
