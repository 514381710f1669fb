import { SysvmError } from '@sysvm/errors'

/** A network that is on its way out takes no more changes. */
export const refuseDestroyed = (network: { readonly name: string; readonly state: string }): void => {
  if (network.state === 'Destroy')
    throw new SysvmError('SYSVM_RESOURCE_STATE', `Network ${network.name} is being deleted: make another one.`)
}
