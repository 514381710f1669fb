import type { RouterPart } from './part.ts'

/** An offering's rate holds for all of a network, and for each public address that is the network's alone. */
export const qos: RouterPart<'qos', undefined> = {
  name: 'qos',
  read: async () => undefined,
  spec: ({ networks, addresses }) => {
    const limited = networks.flatMap(({ id, device, offering }) =>
      offering.networkrate === null ? [] : [{ id, device, mbit: offering.networkrate }],
    )
    if (limited.length === 0) return undefined
    return {
      networks: limited.map(({ device, mbit }) => ({ device, mbit })),
      addresses: addresses.flatMap(({ address, network }) => {
        const rate = limited.find(({ id }) => id === network)
        return rate === undefined ? [] : [{ address, mbit: rate.mbit }]
      }),
    }
  },
}
