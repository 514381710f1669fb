import type { VpnSpec } from './spec.ts'

/** Whether charon has anything to do. */
export const wantsCharon = (spec: VpnSpec | undefined): spec is VpnSpec =>
  spec !== undefined && (spec.connections.length > 0 || spec.remoteAccess !== undefined || spec.l2tp !== undefined)
