import { addressOf6, readAskedAddresses } from './addresses6.ts'
import type { RouterPart } from './part.ts'
import { dualStacked, type NetworkNames, readNetworkNames } from './resolvers.ts'

interface Rows {
  readonly names: ReadonlyMap<string, NetworkNames>
  readonly asked: ReadonlyMap<string, string>
}

/** Everything that a router serves is counted, of guests both families. */
export const accounting: RouterPart<'accounting', Rows> = {
  name: 'accounting',
  read: async (db, base) => ({
    names: await readNetworkNames(db, base),
    asked: await readAskedAddresses(db, base),
  }),
  spec: (base, { names, asked }) => {
    const { addresses, guests } = base
    const six = dualStacked(base, names).flatMap(({ network, names: { ip6cidr } }) =>
      guests.filter((guest) => guest.network === network.id).map((guest) => addressOf6(asked, guest, ip6cidr)),
    )
    return addresses.length + guests.length === 0
      ? undefined
      : {
          addresses: addresses.map(({ address }) => address),
          guests: [...guests.map(({ address }) => address), ...six],
        }
  },
}
