import { SysvmError } from '@sysvm/errors'
import { whyAlone } from '../../model/offering.ts'

/** Refuses an offering of two routers where they cannot be. */
export const refuseAlone = (parameter: string, kind: Parameters<typeof whyAlone>[0]): void => {
  const why = whyAlone(kind)
  if (why !== undefined) throw new SysvmError('SYSVM_API_PARAMETER', `Parameter ${parameter}: ${why}: leave it out.`)
}
