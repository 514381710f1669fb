import type { Selectable } from 'kysely'
import type { GuestTable, NicTable } from '../../model/schema.ts'
import { found } from '../found.ts'

/** The nic, if it is this guest's and to stay; else 431. */
export const nicOfGuest = (
  nic: Selectable<NicTable> | undefined,
  { id }: Selectable<GuestTable>,
  nicid: string,
): Selectable<NicTable> =>
  found(nic?.guest === id && !nic.leaving ? nic : undefined, 'nicid', 'nic of the guest', nicid)
