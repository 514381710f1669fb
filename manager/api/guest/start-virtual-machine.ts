import { SysvmError } from '@sysvm/errors'
import type { Selectable, Transaction, Updateable } from 'kysely'
import { findHost } from '../../model/host.ts'
import { movingGuest } from '../../model/move.ts'
import type { Database, GuestTable } from '../../model/schema.ts'
import { placeOnHost } from '../../placement/index.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { changeGuest, guestResult } from './job.ts'
import { checkPlace } from './parts.ts'
import { guestResponse } from './response.ts'
import { requireDesired } from './state.ts'

const refused = (sentence: string) => new SysvmError('SYSVM_RESOURCE_STATE', sentence)

/** A disk goes to no host of another hypervisor, nor to one without room. */
const startsOn = async (
  trx: Transaction<Database>,
  guest: Selectable<GuestTable>,
  hostid: string,
): Promise<Updateable<GuestTable>> => {
  if (hostid === guest.host) return {}
  if (guest.desired === 'Running')
    throw refused(`Guest ${guest.name} should run already: migrateVirtualMachine takes it to another host.`)
  await checkPlace(trx, { zoneid: guest.zone, hostid })
  if (guest.host === null) return { host: hostid }
  const { need, hypervisor } = found(await movingGuest(trx, guest.id), 'id', 'guest', guest.id)
  const target = found(await findHost(trx, hostid), 'hostid', 'host', hostid)
  if (target.hypervisor !== hypervisor)
    throw refused(`Host ${target.name} cannot take guest ${guest.name}: its hypervisor is another one.`)
  await placeOnHost(trx, guest.zone, { ...need, on: hostid }, async () => {})
  return { moving: true, target_host: hostid }
}

export const startVirtualMachine = defineCommand({
  name: 'startVirtualMachine',
  authorized: everyone,
  description: 'Starts a stopped guest.',
  params: {
    id: p.required(p.uuid('The guest.')),
    hostid: p.forAdmins(p.uuid('The host on which it starts; its disk is brought there.')),
    considerlasthost: p.boolean('Accepted for clients that send it; it starts where its disk is.'),
  },
  unsupported: ['bootintosetup', 'clusterid', 'deploymentplanner', 'podid'],
  answer: 'job',
  response: guestResponse,
  result: guestResult,
  run: (context, { id, hostid }) =>
    changeGuest(context, id, {
      cmd: 'startVirtualMachine',
      values: async (guest, trx) => {
        requireDesired(guest, ['Running', 'Stopped'])
        return { desired: 'Running', ...(hostid === undefined ? {} : await startsOn(trx, guest, hostid)) }
      },
    }),
})
