import { SysvmError } from '@sysvm/errors'
import { usageError } from './usage.ts'

export type Driver = 'kvm' | 'container'

/** The CloudStack name of the hypervisor a driver stands for. */
export const hypervisorOf = (driver: Driver): 'KVM' | 'Container' => (driver === 'kvm' ? 'KVM' : 'Container')

export const driverFrom = (text: unknown): Driver | undefined => {
  if (text === undefined || text === 'kvm' || text === 'container') return text
  throw usageError(`--driver ${text} is unknown; it is kvm or container`)
}

export interface Choice {
  readonly driver: Driver
  readonly why: string
}

/**
 * What was asked for, else what the running cloud was made with, else kvm where hardware virtualization works.
 * Rejects with SYSVM_UP_DRIVER when the running cloud was made with the other one.
 */
export const chooseDriver = async (
  asked: Driver | undefined,
  made: Driver | undefined,
  hasVirtualization: () => Promise<{ readonly works: boolean; readonly why: string }>,
): Promise<Choice> => {
  if (made !== undefined) {
    if (asked !== undefined && asked !== made) {
      throw new SysvmError(
        'SYSVM_UP_DRIVER',
        `the cloud on this machine was made with the ${made} driver; to change to ${asked}: sysvm down, then sysvm up --driver ${asked}`,
      )
    }
    return { driver: made, why: 'as this cloud was made' }
  }
  if (asked !== undefined) return { driver: asked, why: 'as asked' }
  const { works, why } = await hasVirtualization()
  return { driver: works ? 'kvm' : 'container', why }
}
