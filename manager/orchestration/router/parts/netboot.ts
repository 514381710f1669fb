import type { Selectable } from 'kysely'
import type { NetbootTable } from '../../../model/schema/routing.ts'
import { gives } from '../base.ts'
import type { RouterPart } from './part.ts'

type Row = Selectable<NetbootTable>

/** Guests that boot from their router, on networks where it gives them their addresses. */
export const netboot: RouterPart<'netboot', readonly Row[]> = {
  name: 'netboot',
  read: (db, { guests }) =>
    guests.length === 0
      ? Promise.resolve([])
      : db
          .selectFrom('netboot')
          .selectAll()
          .where('guest', 'in', [...new Set(guests.map(({ id }) => id))])
          .execute(),
  spec: ({ networks, guests }, rows) => {
    const boots = guests.flatMap((guest) => {
      const row = rows.find((one) => one.guest === guest.id)
      const network = networks.find((one) => one.id === guest.network && gives(one, 'Dhcp'))
      return row === undefined || network === undefined ? [] : [{ guest, row, gateway: network.gateway }]
    })
    if (boots.length === 0) return undefined
    return {
      listen: [...new Set(boots.map(({ gateway }) => gateway))],
      guests: boots.map(({ guest: { address, mac }, row: { kernel, initrd, arguments: words, script } }) => ({
        address,
        mac,
        ...(kernel === null ? { script: script ?? '' } : { linux: { kernel, initrd, arguments: words } }),
      })),
    }
  },
}
