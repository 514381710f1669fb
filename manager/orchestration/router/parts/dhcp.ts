import { gives, type RouterBase, type RouterNetwork } from '../base.ts'
import type { RouterPart } from './part.ts'
import { resolvers } from './resolvers.ts'

const subnet = (base: RouterBase, network: RouterNetwork) => ({
  device: network.device,
  network: network.cidr,
  gateway: network.gateway,
  nameservers: gives(network, 'Dns') ? [network.gateway] : resolvers(base),
  domain: network.networkdomain,
  reservations: base.guests
    .filter((guest) => guest.network === network.id)
    .map(({ mac, address, name }) => ({ mac, address, hostname: name })),
  mtu: base.mtu,
})

export const dhcp: RouterPart<'dhcp', undefined> = {
  name: 'dhcp',
  read: async () => undefined,
  spec: (base) => {
    const served = base.networks.filter((network) => gives(network, 'Dhcp'))
    if (served.length === 0) return undefined
    return { leaseSeconds: 86_400, subnets: served.map((network) => subnet(base, network)) }
  },
}
