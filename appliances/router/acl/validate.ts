import type { SpecEnvelope } from '@sysvm/agent/spec'
import { interfacesOf, refuse, repeated, servicesOf } from '../whole.ts'
import type { AclSpec } from './spec.ts'

/** Rules across the document; throws SYSVM_SPEC_INVALID. */
export const validate = ({ devices }: AclSpec, whole: SpecEnvelope): void => {
  const names = devices.map(({ device }) => device)
  const twice = repeated(names)
  if (twice !== undefined) throw refuse(`${twice} has two ACLs`, { device: twice })
  const possible = new Set(
    [...interfacesOf(whole, 'guest'), ...interfacesOf(whole, 'private')].map(({ device }) => device),
  )
  const stranger = names.find((name) => !possible.has(name))
  if (stranger !== undefined)
    throw refuse(`An ACL is for ${stranger}, which is no guest or private interface`, { device: stranger })
  const both = servicesOf(whole).firewall?.networks?.find(({ device }) => names.includes(device))
  if (both !== undefined)
    throw refuse(`${both.device} has both an ACL and firewall rules of its own: keep one`, { device: both.device })
}
