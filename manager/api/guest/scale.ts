import { SysvmError } from '@sysvm/errors'
import type { Selectable, Transaction, Updateable } from 'kysely'
import { findGuest, type Guest } from '../../model/guest.ts'
import { findHost } from '../../model/host.ts'
import { requireRoom } from '../../model/limit/room.ts'
import type { Database, GuestTable } from '../../model/schema.ts'
import { findServiceOffering, type ServiceOffering } from '../../model/serviceoffering.ts'
import { placeOnHost } from '../../placement/index.ts'
import type { Context } from '../command.ts'
import { found } from '../found.ts'
import { readNamedValues } from '../offering/details.ts'
import type { MapEntries } from '../parameter.ts'
import * as p from '../parameter.ts'
import { chooseSize } from '../serviceoffering/size.ts'
import { usableOffering } from './parts.ts'

/** What both commands take that give a guest another size. */
export const scaleParams = {
  id: p.required(p.uuid('The guest.')),
  serviceofferingid: p.required(p.uuid('Its new offering.')),
  details: p.map('cpuNumber, cpuSpeed and memory of a customized offering; all else is kept for clients.'),
  automigrate: p.boolean('Accepted for clients that send it; a guest stays on its host.'),
}

interface Asked {
  readonly serviceofferingid: string
  readonly details?: MapEntries | undefined
}

interface Size {
  readonly cpunumber: number
  readonly memory: number
}

const sizeWith = (offering: ServiceOffering, values: Updateable<GuestTable>): Size => ({
  cpunumber: values.custom_cpunumber ?? offering.cpunumber,
  memory: values.custom_memory ?? offering.memory,
})

const refuse = (sentence: string) => new SysvmError('SYSVM_RESOURCE_STATE', sentence)

/** A running machine is resized where its host can do that, and only grows: what it uses cannot be taken from it. */
const checkRunning = async (
  trx: Transaction<Database>,
  guest: Selectable<GuestTable>,
  offering: ServiceOffering,
  wanted: Size,
): Promise<void> => {
  const now = await findGuest(trx, guest.id)
  if (now === undefined || guest.host === null || guest.state !== 'Running')
    throw refuse(`Guest ${guest.name} is ${guest.state}: wait until it is Running, or stop it first.`)
  if (now.hypervisor === 'KVM')
    throw refuse(`Guest ${guest.name} runs on KVM, where a machine keeps its size while it runs: stop it first.`)
  if (!guest.scalable || !now.offerscaling || !offering.scalable)
    throw refuse(
      `Guest ${guest.name} is not dynamically scalable, by itself or by its offerings: stop it first, or allow it with updateVirtualMachine.`,
    )
  if (wanted.cpunumber < now.cpunumber || wanted.memory < now.memory)
    throw refuse(
      `Guest ${guest.name} runs with ${now.cpunumber} cpus and ${now.memory} MiB and would have ${wanted.cpunumber} and ${wanted.memory}: stop it before it is made smaller.`,
    )
  const host = await findHost(trx, guest.host)
  const more = { cpus: wanted.cpunumber - now.cpunumber, memoryMiB: wanted.memory - now.memory, on: guest.host }
  try {
    await placeOnHost(trx, guest.zone, more, async () => {})
  } catch (cause) {
    throw new SysvmError(
      'SYSVM_CAPACITY',
      `Host ${host?.name} has no room for ${more.cpus} more cpus and ${more.memoryMiB} MiB for guest ${guest.name}: stop it first, and it starts elsewhere.`,
      { cause },
    )
  }
  if (wanted.cpunumber > (host?.cpus ?? 0))
    throw new SysvmError('SYSVM_CAPACITY', `Host ${host?.name} has ${host?.cpus} cpus, and not ${wanted.cpunumber}.`)
}

/** Refuses (532) a size that takes the guest's owner over a limit; before anything is held. Returns what it saw. */
export const requireRoomFor = async (
  trx: Transaction<Database>,
  { id, serviceofferingid, details = [] }: Asked & { readonly id: string },
): Promise<Guest> => {
  const guest = found(await findGuest(trx, id), 'id', 'guest', id)
  const offering = found(
    await findServiceOffering(trx, serviceofferingid),
    'serviceofferingid',
    'service offering for guests',
    serviceofferingid,
  )
  const { cpunumber, memory } = sizeWith(offering, chooseSize(offering, readNamedValues('details', details)).size)
  await requireRoom(trx, guest.account, { cpu: cpunumber - guest.cpunumber, memory: memory - guest.memory })
  return guest
}

/** The columns of a guest's new size; 4xx or 5xx says why it cannot have it now. */
export const newSize = async (
  { caller }: Context,
  trx: Transaction<Database>,
  guest: Selectable<GuestTable>,
  { serviceofferingid, details = [] }: Asked,
): Promise<Updateable<GuestTable>> => {
  const offering = await usableOffering(trx, serviceofferingid, { zone: guest.zone, caller })
  const chosen = chooseSize(offering, readNamedValues('details', details))
  const wanted = sizeWith(offering, chosen.size)
  if (guest.desired === 'Running') await checkRunning(trx, guest, offering, wanted)
  return {
    offering: serviceofferingid,
    ...chosen.size,
    details: JSON.stringify({ ...guest.details, ...chosen.details }),
  }
}
