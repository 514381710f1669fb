import type { Rendered } from '@sysvm/agent/service'
import type { SpecEnvelope } from '@sysvm/agent/spec'
import { KEA_FILE, keaText } from './kea.ts'
import { RADVD_FILE, radvdText } from './radvd.ts'
import { ruleset } from './ruleset.ts'
import { advertising, asking } from './sides.ts'
import type { Ipv6Spec } from './spec.ts'
import { SYSCTL_FILE, sysctlText } from './sysctl.ts'

export const render = (spec: Ipv6Spec, whole: SpecEnvelope): Rendered => ({
  files: [
    { path: SYSCTL_FILE, text: sysctlText(spec) },
    ...(advertising(spec).length === 0 ? [] : [{ path: RADVD_FILE, text: radvdText(spec) }]),
    ...(asking(spec).length === 0 ? [] : [{ path: KEA_FILE, text: keaText(spec) }]),
  ],
  ruleset: ruleset(spec, whole),
})
