import type { RouterBase, RouterNic } from '../base.ts'
import { sourceNatAddress } from '../base.ts'
import type { RouterPart } from './part.ts'

/** Its own address first, then what else the scope has on that side. */
const addressesOf = (base: RouterBase, { role, device, address, prefix }: RouterNic): string[] => {
  const more = base.addresses.filter((one) => role === 'public' && one.device === device && one.address !== address)
  return [`${address}/${prefix}`, ...more.map((one) => `${one.address}/${one.prefix}`)]
}

/** The default route leads out where guests without an address of their own do. */
const gatewayOf = (base: RouterBase): string | null | undefined =>
  sourceNatAddress(base)?.gateway ?? base.nics.find(({ role }) => role === 'public')?.gateway

export const interfaces: RouterPart<'interfaces', undefined> = {
  name: 'interfaces',
  read: async () => undefined,
  spec: (base) => {
    const gateway = gatewayOf(base)
    return {
      interfaces: base.nics.map((nic) => ({
        device: nic.device,
        mac: nic.mac,
        role: nic.role,
        addresses: addressesOf(base, nic),
        ...(nic.role === 'guest' ? { mtu: base.mtu } : {}),
      })),
      ...(gateway === undefined || gateway === null ? {} : { gateway }),
    }
  },
}
