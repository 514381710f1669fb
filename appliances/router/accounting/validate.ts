import type { SpecEnvelope } from '@sysvm/agent/spec'
import { interfacesOf, refuse, repeated } from '../whole.ts'
import type { AccountingSpec } from './spec.ts'

/** Rules across the document; throws SYSVM_SPEC_INVALID. */
export const validate = ({ addresses, guests }: AccountingSpec, whole: SpecEnvelope): void => {
  const twice = repeated(addresses) ?? repeated(guests)
  if (twice !== undefined) throw refuse(`The traffic of ${twice} is counted twice`, { address: twice })
  if (addresses.length > 0 && interfacesOf(whole, 'public').length === 0)
    throw refuse(`The traffic of ${addresses[0]} is counted on public interfaces, and there is none`)
}
