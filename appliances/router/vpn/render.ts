import type { Rendered } from '@sysvm/agent/service'
import type { SpecEnvelope } from '@sysvm/agent/spec'
import { filesOf } from './l2tp/render.ts'
import { ESPS, settingsPath } from './names.ts'
import { rulesetOf } from './ruleset.ts'
import { settingsText } from './settings.ts'
import type { VpnSpec } from './spec.ts'
import { wantsCharon } from './wants.ts'

/** Connections and keys are in no file: charon is told them. Of passwords only those are that pppd reads. */
export const render = (spec: VpnSpec, whole: SpecEnvelope): Rendered => ({
  files: [
    ...(wantsCharon(spec) ? ESPS.map((esp) => ({ path: settingsPath(esp), text: settingsText(esp) })) : []),
    ...(spec.l2tp === undefined ? [] : filesOf(spec.l2tp)),
  ],
  ruleset: rulesetOf(spec, whole),
})
