import type { Action, Change } from '@sysvm/agent/service'
import { planL2tp } from './l2tp/plan.ts'
import { ESPS, settingsPath } from './names.ts'
import { planRemoteAccess } from './remoteaccess/plan.ts'
import type { VpnSpec } from './spec.ts'
import { wantsCharon } from './wants.ts'

/** Which of both is chosen where it starts. */
const UNIT = 'sysvm-charon@.service'

/** What a running charon has read. */
const SETTINGS: readonly string[] = ESPS.map(settingsPath)

/** Keys are compared, never shown. */
const textsOf = (spec: VpnSpec | undefined): ReadonlyMap<string, string> =>
  new Map((spec?.connections ?? []).map((connection) => [connection.id, JSON.stringify(connection)]))

export const plan = ({ before, after, files }: Change<VpnSpec>): readonly Action[] => {
  const unit = (verb: Action['verb'], why: string, dropsFlows: boolean): readonly Action[] => [
    { verb, target: UNIT, why, dropsFlows },
  ]
  if (!wantsCharon(after)) return wantsCharon(before) ? unit('stop', 'no VPN is in the spec any more', true) : []
  if (!wantsCharon(before)) return unit('start', 'a VPN is new in the spec', false)
  const [old, next] = [textsOf(before), textsOf(after)]
  const whys = (id: string): string =>
    old.has(id) ? (next.has(id) ? 'it differs' : 'it is no longer in the spec') : 'it is new in the spec'
  return [
    ...(files.some(({ path }) => SETTINGS.includes(path)) ? unit('restart', "charon's settings differ", true) : []),
    ...[...new Set([...old.keys(), ...next.keys()])]
      .filter((id) => old.get(id) !== next.get(id))
      .map(
        (id): Action => ({ verb: 'update', target: `VPN connection ${id}`, why: whys(id), dropsFlows: old.has(id) }),
      ),
    ...planRemoteAccess(before.remoteAccess, after.remoteAccess),
    ...planL2tp(before.l2tp, after.l2tp),
  ]
}
