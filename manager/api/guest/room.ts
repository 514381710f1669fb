import type { Kysely, Selectable } from 'kysely'
import type { Guest } from '../../model/guest.ts'
import { requireRoom } from '../../model/limit/room.ts'
import type { Database, GuestTable } from '../../model/schema.ts'
import { startOver } from '../write.ts'

/** What of a guest says how much of a limit it takes up, and whose. */
const counted = ['account', 'desired', 'offering', 'custom_cpunumber', 'custom_memory'] as const
type Counted = Pick<Selectable<GuestTable>, (typeof counted)[number]>

/** Refuses (532) a guest that was destroyed and comes back where its owner has no room for it; before anything is held. */
export const requireRoomAgain = (trx: Kysely<Database>, guest: Guest): Promise<void> =>
  requireRoom(trx, guest.account, { user_vm: 1, cpu: guest.cpunumber, memory: guest.memory })

/** Limits are asked for before the guest is held: once it is, what was asked for must be what it takes up. */
export const requireUnchanged = (seen: Counted, held: Counted): void => {
  if (counted.some((column) => seen[column] !== held[column])) throw startOver('the guest')
}
