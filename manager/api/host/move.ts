import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import type { Database } from '../../model/database.ts'
import { findHost } from '../../model/host.ts'
import { movingGuest, movingRouter } from '../../model/move.ts'
import { placeOnHost } from '../../placement/index.ts'
import { found } from '../found.ts'

interface Move {
  readonly moving: true
  readonly target_host: string | null
}

const refused = (sentence: string) => new SysvmError('SYSVM_RESOURCE_STATE', sentence)

/** What a machine's row says when it is to go to another host: to this one, when it is named and has room. */
export const moveMachine = async (
  trx: Transaction<Database>,
  kind: 'guest' | 'router',
  id: string,
  hostid: string | undefined,
): Promise<Move> => {
  const machine = found(await (kind === 'guest' ? movingGuest : movingRouter)(trx, id), 'virtualmachineid', kind, id)
  const { name, host, hypervisor, need } = machine
  if (machine.desired !== 'Running' || machine.state !== 'Running' || host === null)
    throw refused(`The ${kind} ${name} is ${machine.state}: only one that runs can be moved.`)
  if (machine.moving) throw refused(`The ${kind} ${name} is being moved already.`)
  if (hostid === undefined) return { moving: true, target_host: null }
  const target = found(await findHost(trx, hostid), 'hostid', 'host', hostid)
  if (target.id === host) throw refused(`The ${kind} ${name} is on the host ${target.name} already.`)
  if (target.zone !== machine.zone || target.hypervisor !== hypervisor)
    throw refused(`The host ${target.name} cannot take ${kind} ${name}: it is of another zone or hypervisor.`)
  if (target.state !== 'Up' || target.resourcestate !== 'Enabled')
    throw refused(`The host ${target.name} takes nothing: it is ${target.state} and ${target.resourcestate}.`)
  await placeOnHost(trx, machine.zone, { ...need, on: hostid }, async () => {})
  return { moving: true, target_host: hostid }
}
