import type { Change, Effects } from '@sysvm/agent/service'
import { espOf } from './esp.ts'
import { endAstray } from './flows.ts'
import { applyL2tp, sweepL2tp } from './l2tp/apply.ts'
import { ESPS, type Esp, settingsPath, unitOf } from './names.ts'
import { knownSites, resumedSites, sitesOf } from './sites.ts'
import type { VpnSpec } from './spec.ts'
import { wantsCharon } from './wants.ts'

const runningEsp = async ({ unitActive }: Effects): Promise<Esp | undefined> => {
  const active = await Promise.all(ESPS.map((esp) => unitActive(unitOf(esp))))
  return ESPS.find((_, index) => active[index])
}

/** charon is started for the first connection and stopped after the last one; in between it is told what differs. */
const applyCharon = async ({ before, after, files }: Change<VpnSpec>, effects: Effects): Promise<void> => {
  const running = await runningEsp(effects)
  if (!wantsCharon(after)) {
    knownSites(effects)?.close()
    if (running !== undefined) await effects.unit('stop', unitOf(running))
    return
  }
  const settings =
    wantsCharon(before) && files.some(({ path }) => running !== undefined && path === settingsPath(running))
  if (running === undefined) await effects.unit('start', unitOf(await espOf(effects)))
  else if (settings) await effects.unit('restart', unitOf(running))
  await sitesOf(effects).update(after)
}

/** The guard of what goes is gone already, and a tunnel may take seconds to end: connections end before, and new ones after. */
export const apply = async (change: Change<VpnSpec>, effects: Effects): Promise<void> => {
  await endAstray(change.before, change.after, effects)
  await applyCharon(change, effects)
  await applyL2tp(change, effects)
  await endAstray(change.before, change.after, effects)
}

/** Between commits: what is down is begun again, and a restarted agent takes up what it does not know of. */
export const tick = async (spec: VpnSpec, effects: Effects): Promise<void> => {
  if (!wantsCharon(spec)) return
  const sites = await resumedSites(spec, effects)
  await sites.retry()
  if (spec.l2tp !== undefined) await sweepL2tp(spec.l2tp, effects)
}
