import type { Selectable, Transaction, Updateable } from 'kysely'
import { findGuest, type Guest, lockGuest, networksOfGuest, reviseGuest } from '../../model/guest.ts'
import type { AsyncJob } from '../../model/job.ts'
import { balancedNetworksOfGuest } from '../../model/loadbalancer.ts'
import { reviseNetworks } from '../../model/network.ts'
import { findNics } from '../../model/nic.ts'
import type { Database, GuestTable } from '../../model/schema.ts'
import type { Context } from '../command.ts'
import { found } from '../found.ts'
import { ownersIn } from '../owner.ts'
import { write } from '../write.ts'
import { openPassword } from './password.ts'
import { presentGuest } from './response.ts'
import { requireUnchanged } from './room.ts'

/** The routers of a guest's networks must hear of it: their specs name the guest. */
export const reviseGuestNetworks = async (context: Context, trx: Transaction<Database>, id: string): Promise<void> => {
  await tellRouters(context, trx, await networksOfGuest(trx, id))
  await awaitRouters(trx, id)
}

const tellRouters = async (
  { jobs }: Context,
  trx: Transaction<Database>,
  networks: readonly string[],
): Promise<void> => {
  await reviseNetworks(trx, networks)
  for (const network of networks) await jobs.wake(trx, 'network', network)
}

/** A guest that starts from now on waits until its routers know what was changed. */
const awaitRouters = (trx: Transaction<Database>, guest: string) =>
  trx
    .updateTable('nic')
    .from('network')
    .set((eb) => ({ revision: eb.ref('network.revision') }))
    .whereRef('network.id', '=', 'nic.network')
    .where('nic.guest', '=', guest)
    .where('nic.mac', 'is not', null)
    .execute()

interface Change {
  readonly cmd: string
  /** Which parameter names the guest; default: id. */
  readonly parameter?: string
  /** Asks for limits first of all, before anything is held, by the guest that it returns. */
  readonly first?: (trx: Transaction<Database>) => Promise<Guest>
  /** What is wanted now; it throws when the guest is not in a state for it. */
  readonly values: (
    guest: Selectable<GuestTable>,
    trx: Transaction<Database>,
  ) => Updateable<GuestTable> | Promise<Updateable<GuestTable>>
  /** Whether its networks' routers must hear of it. */
  readonly networks?: boolean
}

/** The job of a change to what is wanted of a guest. */
export const changeGuest = (context: Context, id: string, change: Change): Promise<{ readonly jobid: string }> =>
  write(context, async (trx) => {
    const seen = await change.first?.(trx)
    const guest = found(await lockGuest(trx, id), change.parameter ?? 'id', 'guest', id)
    if (seen !== undefined) requireUnchanged(seen, guest)
    const values = await change.values(guest, trx)
    const revision = await reviseGuest(trx, id, values)
    if (change.networks) await reviseGuestNetworks(context, trx, id)
    else await tellRouters(context, trx, await balancedNetworksOfGuest(trx, id))
    const job = { cmd: change.cmd, target: { kind: 'guest', id } as const, revision, instancetype: 'VirtualMachine' }
    return { jobid: await context.jobs.startJob(trx, { ...job, password: values.password_id }) }
  })

export const guestResult = async ({ db }: Context, id: string) => {
  const guest = await findGuest(db, id)
  return guest && presentGuest(await ownersIn(db, [guest]), await findNics(db, { guests: [id] }))(guest)
}

/** For the jobs that set a password: their answer is where its owner reads it, unless another was set since. */
export const guestWithPassword = async (context: Context, id: string, { password }: Pick<AsyncJob, 'password'>) => {
  const guest = await findGuest(context.db, id)
  if (guest === undefined) return undefined
  const nics = await findNics(context.db, { guests: [id] })
  return {
    ...presentGuest(await ownersIn(context.db, [guest]), nics)(guest),
    password: guest.password_id === password ? openPassword(context, guest) : undefined,
  }
}
