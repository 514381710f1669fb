import { guestName } from '../../world.ts'
import { gives, type RouterBase, type RouterGuest, type RouterNetwork, sourceNatAddress } from '../base.ts'
import type { RouterPart } from './part.ts'

/** Keys as CloudStack's virtual router serves them. */
const instanceData = (base: RouterBase, { gateway }: RouterNetwork, guest: RouterGuest): Record<string, string> => {
  const outside = sourceNatAddress(base)?.address ?? gateway
  return {
    'availability-zone': base.zone.name,
    'instance-id': guestName(guest.number),
    'local-hostname': guest.name,
    'local-ipv4': guest.address,
    'public-hostname': outside,
    'public-ipv4': outside,
    'service-offering': guest.offering,
    'vm-id': guest.id,
  }
}

export const metadata: RouterPart<'metadata', undefined> = {
  name: 'metadata',
  read: async () => undefined,
  spec: (base) => {
    const served = base.networks.filter((network) => gives(network, 'UserData'))
    if (served.length === 0) return undefined
    const instances = served.flatMap((network) =>
      base.guests
        .filter((guest) => guest.network === network.id)
        .map((guest) => ({
          address: guest.address,
          data: instanceData(base, network, guest),
          ...(guest.userdata ? { userData: guest.userdata } : {}),
        })),
    )
    return { listen: served.map(({ gateway }) => gateway), instances }
  },
}
