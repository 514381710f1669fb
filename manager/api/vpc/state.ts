import { SysvmError } from '@sysvm/errors'

/** A VPC that is on its way out takes no more changes. */
export const refuseInactive = (vpc: { readonly name: string; readonly state: string }): void => {
  if (vpc.state === 'Inactive')
    throw new SysvmError('SYSVM_RESOURCE_STATE', `VPC ${vpc.name} is being deleted: make another one.`)
}
