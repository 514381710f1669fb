import type { Rendered } from '@sysvm/agent/service'
import type { SpecEnvelope } from '@sysvm/agent/spec'
import { conntrackdText } from './conntrackd.ts'
import { keepalivedText } from './keepalived.ts'
import { CONNTRACKD_FILE, KEEPALIVED_FILE } from './names.ts'
import { peering } from './ruleset.ts'
import type { RedundancySpec } from './spec.ts'

export const render = (spec: RedundancySpec, whole: SpecEnvelope): Rendered => ({
  files: [
    { path: CONNTRACKD_FILE, text: conntrackdText(spec, whole) },
    { path: KEEPALIVED_FILE, text: keepalivedText(spec, whole) },
  ],
  ruleset: { tables: [peering(spec, whole)] },
})
