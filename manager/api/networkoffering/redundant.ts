import { SysvmError } from '@sysvm/errors'
import { whyAlone, whyRouterAlone } from '../../model/offering.ts'

const refuse = (parameter: string, why: string | undefined): void => {
  if (why !== undefined) throw new SysvmError('SYSVM_API_PARAMETER', `Parameter ${parameter}: ${why}: leave it out.`)
}

/** Refuses an offering of two routers where they cannot be. */
export const refuseAlone = (parameter: string, kind: Parameters<typeof whyAlone>[0]): void =>
  refuse(parameter, whyAlone(kind))

/** The same for a VPC. */
export const refuseAloneVpc = (parameter: string, kind: Parameters<typeof whyRouterAlone>[0]): void =>
  refuse(parameter, whyRouterAlone(kind))
