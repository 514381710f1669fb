import { eui64, parseCidr } from '@sysvm/agent/spec'
import { optionName } from '@sysvm/router/spec'
import type { Nic } from '../../model/nic.ts'
import { defineResponse, type Ready } from '../response.ts'

export const nicFields = {
  id: ['string', "The nic's id."],
  networkid: ['string', 'Its network.'],
  networkname: ['string', "Its network's name."],
  netmask: ['string', 'Its netmask.'],
  gateway: ['string', 'Its gateway.'],
  ipaddress: ['string', 'Its address.'],
  broadcasturi: ['string', 'How its network is kept apart from others.'],
  isolationuri: ['string', 'The same as broadcasturi.'],
  traffictype: ['string', 'Guest, Public or Control.'],
  type: ['string', 'Isolated, for guest traffic.'],
  isdefault: ['boolean', 'Whether the default route goes by it.'],
  macaddress: ['string', 'Its MAC address.'],
  ip6address: ['string', 'Its IPv6 address: the one it makes of its MAC address, or one that was asked for.'],
  ip6cidr: ['string', 'Its IPv6 network.'],
  ip6gateway: ['string', "Its router's IPv6 address."],
  secondaryip: ['list', 'Its further addresses: id and ipaddress.'],
  extradhcpoption: ['list', 'Its own DHCP options: codename, code and value.'],
  deviceid: ['string', 'Its place in the machine: 0 is eth0.'],
  virtualmachineid: ['string', 'The guest that has it.'],
} as const

export const nicResponse = defineResponse('nic', nicFields)

const TRAFFIC = { guest: 'Guest', public: 'Public', control: 'Control', private: 'Guest', link: 'Control' } as const

/** A page of guests is on few networks. */
const MOST_NETMASKS = 10_000
const netmasks = new Map<string, string>()

const netmaskIn = (cidr: string): string => {
  const known = netmasks.get(cidr)
  if (known !== undefined) return known
  const { netmask } = parseCidr(cidr)
  if (netmasks.size < MOST_NETMASKS) netmasks.set(cidr, netmask)
  return netmask
}

const netmaskOf = (nic: Nic): string | undefined =>
  nic.netmask ?? nic.publicnetmask ?? (nic.cidr === null ? undefined : netmaskIn(nic.cidr))

/** The one that was asked for, else the one that the guest's own system makes (RFC 4291). */
const address6 = ({ address6: asked, ip6cidr, mac }: Nic): string | undefined =>
  asked ?? (ip6cidr === null || mac === null ? undefined : eui64(ip6cidr, mac))

export const presentNic = (nic: Nic): Ready<typeof nicFields> => {
  const broadcasturi = nic.vni === null ? (nic.role === 'public' ? 'vlan://untagged' : undefined) : `vxlan://${nic.vni}`
  return {
    id: nic.id,
    networkid: nic.network ?? undefined,
    networkname: nic.networkname ?? undefined,
    netmask: netmaskOf(nic),
    gateway: nic.gateway ?? nic.gatewayaddress ?? undefined,
    ipaddress: nic.address ?? nic.publicaddress ?? undefined,
    broadcasturi,
    isolationuri: broadcasturi,
    traffictype: TRAFFIC[nic.role],
    type: nic.networktype ?? undefined,
    isdefault: nic.guest === null ? nic.role === 'public' : nic.device === nic.defaultdevice,
    macaddress: nic.mac ?? undefined,
    ip6address: address6(nic),
    ip6cidr: nic.ip6cidr ?? undefined,
    ip6gateway: nic.ip6gateway ?? undefined,
    secondaryip: nic.guest === null ? undefined : nic.secondaryips.map(({ id, ipaddress }) => ({ id, ipaddress })),
    extradhcpoption:
      nic.guest === null
        ? undefined
        : nic.dhcp_options.map(({ code, value }) => ({ codename: optionName(code), code, value })),
    deviceid: String(nic.device),
    virtualmachineid: nic.guest ?? undefined,
  }
}
