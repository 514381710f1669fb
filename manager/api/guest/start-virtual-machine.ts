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

interface Place {
  readonly podid?: string | undefined
  readonly clusterid?: string | undefined
}

/** It stays where its disk is when that is there, and else goes to the host with most room of those that are. */
const startsIn = async (
  trx: Transaction<Database>,
  guest: Selectable<GuestTable>,
  { podid, clusterid }: Place,
): Promise<Updateable<GuestTable>> => {
  if (podid === undefined && clusterid === undefined) return {}
  await checkPlace(trx, { zoneid: guest.zone, podid, clusterid })
  if (guest.host === null) return { only_pod: podid ?? null, only_cluster: clusterid ?? null }
  const at = found(await findHost(trx, guest.host), 'id', 'host', guest.host)
  if ((podid ?? at.pod) === at.pod && (clusterid ?? at.cluster) === at.cluster) return {}
  if (guest.desired === 'Running')
    throw refused(`Guest ${guest.name} should run already: migrateVirtualMachine takes it to another host.`)
  const { need, hypervisor } = found(await movingGuest(trx, guest.id), 'id', 'guest', guest.id)
  const wanted = { ...need, pod: podid, cluster: clusterid, hypervisor: hypervisor ?? undefined }
  return { moving: true, target_host: await placeOnHost(trx, guest.zone, wanted, async () => {}) }
}

export const startVirtualMachine = defineCommand({
  name: 'startVirtualMachine',
  authorized: everyone,
  description: 'Starts a stopped guest.',
  params: {
    id: p.required(p.uuid('The guest.')),
    hostid: p.forAdmins(p.uuid('The host on which it starts; its disk is brought there.')),
    podid: p.forAdmins(p.uuid('The pod in which it starts, when no host is named; its disk is brought there.')),
    clusterid: p.forAdmins(p.uuid('The cluster in which it starts, when no host is named; its disk is brought there.')),
    considerlasthost: p.boolean('Accepted for clients that send it; it starts where its disk is.'),
  },
  unsupported: ['bootintosetup', 'deploymentplanner'],
  answer: 'job',
  response: guestResponse,
  result: guestResult,
  run: (context, { id, hostid, podid, clusterid }) =>
    changeGuest(context, id, {
      cmd: 'startVirtualMachine',
      values: async (guest, trx) => {
        requireDesired(guest, ['Running', 'Stopped'])
        const place = hostid === undefined ? startsIn(trx, guest, { podid, clusterid }) : startsOn(trx, guest, hostid)
        return { desired: 'Running', ...(await place) }
      },
    }),
})
