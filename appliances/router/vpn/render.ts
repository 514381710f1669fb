import type { Rendered } from '@sysvm/agent/service'
import type { SpecEnvelope } from '@sysvm/agent/spec'
import { ESPS, settingsPath } from './names.ts'
import { rulesetOf } from './ruleset.ts'
import { settingsText } from './settings.ts'
import type { VpnSpec } from './spec.ts'
import { wantsCharon } from './wants.ts'

/** Connections and keys are in no file: charon is told them. */
export const render = (spec: VpnSpec, whole: SpecEnvelope): Rendered => ({
  files: wantsCharon(spec) ? ESPS.map((esp) => ({ path: settingsPath(esp), text: settingsText(esp) })) : [],
  ruleset: rulesetOf(spec, whole),
})
