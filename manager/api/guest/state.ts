import { SysvmError } from '@sysvm/errors'
import type { Selectable } from 'kysely'
import type { GuestTable } from '../../model/schema.ts'

type Desired = Selectable<GuestTable>['desired']

const words: Record<Desired, string> = {
  Running: 'should run',
  Stopped: 'is stopped',
  Destroyed: 'is destroyed: recover it first',
  Expunged: 'is being expunged',
}

/** Refuses to destroy what is kept from it. */
export const requireUnprotected = (guest: Selectable<GuestTable>): void => {
  if (guest.protected)
    throw new SysvmError(
      'SYSVM_RESOURCE_STATE',
      `Guest ${guest.name} is protected from deletion: updateVirtualMachine deleteprotection=false first.`,
    )
}

/** Refuses what makes no sense for a guest that is on its way out, or not on. */
export const requireDesired = (guest: Selectable<GuestTable>, allowed: readonly Desired[]): void => {
  if (!allowed.includes(guest.desired))
    throw new SysvmError('SYSVM_RESOURCE_STATE', `Guest ${guest.name} ${words[guest.desired]}.`)
}
