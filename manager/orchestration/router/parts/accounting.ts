import type { RouterPart } from './part.ts'

/** Everything that a router serves is counted. */
export const accounting: RouterPart<'accounting', undefined> = {
  name: 'accounting',
  read: async () => undefined,
  spec: ({ addresses, guests }) =>
    addresses.length + guests.length === 0
      ? undefined
      : { addresses: addresses.map(({ address }) => address), guests: guests.map(({ address }) => address) },
}
