import type { RouterServices } from '@sysvm/router/spec'
import { guestName, routerName } from '../world.ts'
import type { GuestRow, RouterRows } from './rows.ts'

const resolvers = ({ zone }: RouterRows): string[] => (zone.dns2 === null ? [zone.dns1] : [zone.dns1, zone.dns2])

export const dhcp = (rows: RouterRows, device: string, mtu: number, dnsHere: boolean): RouterServices['dhcp'] => ({
  leaseSeconds: 86_400,
  subnets: [
    {
      device,
      network: rows.network.cidr,
      gateway: rows.network.gateway,
      nameservers: dnsHere ? [rows.network.gateway] : resolvers(rows),
      domain: rows.network.networkdomain,
      reservations: rows.guests.map(({ mac, address, name }) => ({ mac, address, hostname: name })),
      mtu,
    },
  ],
})

export const dns = (rows: RouterRows): RouterServices['dns'] => {
  const { gateway, networkdomain } = rows.network
  const fqdn = (label: string): string => `${label}.${networkdomain}`
  return {
    listen: [gateway],
    domain: networkdomain,
    upstreams: resolvers(rows),
    records: [
      { name: fqdn(routerName(rows.router.number).toLowerCase()), address: gateway },
      // Clients of CloudStack's metadata ask for this name.
      { name: fqdn('data-server'), address: gateway },
      ...rows.guests.map(({ name, address }) => ({ name: fqdn(name), address })),
    ],
  }
}

/** Keys as CloudStack's virtual router serves them. */
const instanceData = (rows: RouterRows, guest: GuestRow): Record<string, string> => ({
  'availability-zone': rows.zone.name,
  'instance-id': guestName(guest.number),
  'local-hostname': guest.name,
  'local-ipv4': guest.address,
  'public-hostname': rows.nics.find((nic) => nic.role === 'public')?.address ?? rows.network.gateway,
  'public-ipv4': rows.nics.find((nic) => nic.role === 'public')?.address ?? rows.network.gateway,
  'service-offering': guest.offering,
  'vm-id': guest.id,
})

export const metadata = (rows: RouterRows): RouterServices['metadata'] => ({
  listen: [rows.network.gateway],
  instances: rows.guests.map((guest) => ({
    address: guest.address,
    data: instanceData(rows, guest),
    ...(guest.userdata ? { userData: guest.userdata } : {}),
  })),
})
