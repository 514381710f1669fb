import { SysvmError } from '@sysvm/errors'
import type { Selectable } from 'kysely'
import type { HostTable } from '../../model/schema.ts'

type Host = Selectable<HostTable>

/** Refuses what makes no sense for a host in its state of administration. */
export const requireState = (host: Host, allowed: readonly Host['resourcestate'][]): void => {
  if (!allowed.includes(host.resourcestate))
    throw new SysvmError(
      'SYSVM_RESOURCE_STATE',
      `Host ${host.name} is in ${host.resourcestate}, and this needs ${allowed.join(' or ')}.`,
    )
}
