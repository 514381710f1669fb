import { createHash } from 'node:crypto'
import { SPEC_VERSION, toNumber } from '@sysvm/agent/spec'
import type { RouterServices, RouterSpec } from '@sysvm/router/spec'
import { routerName } from '../world.ts'
import { dhcp, dns, metadata } from './guests.ts'
import type { RouterNicRow, RouterRows } from './rows.ts'

const prefixOf = (netmask: string): number => 32 - Math.log2(2 ** 32 - toNumber(netmask))

const device = (nic: RouterNicRow): string => `eth${nic.device}`

const interfaces = (nics: readonly RouterNicRow[], mtu: number): RouterServices['interfaces'] => {
  const gateway = nics.find((nic) => nic.role === 'public')?.gateway
  return {
    interfaces: nics.map((nic) => ({
      device: device(nic),
      mac: nic.mac,
      role: nic.role,
      addresses: [`${nic.address}/${prefixOf(nic.netmask)}`],
      ...(nic.role === 'guest' ? { mtu } : {}),
    })),
    ...(gateway === undefined || gateway === null ? {} : { gateway }),
  }
}

const nat = (rows: RouterRows): RouterServices['nat'] => {
  const outside = rows.nics.find((nic) => nic.role === 'public')
  if (outside === undefined) return undefined
  return { source: [{ network: rows.network.cidr, device: device(outside), address: outside.address }] }
}

/** The services that the network's offering has and a virtual router provides. Pure: the same rows, the same spec. */
export const routerServices = (rows: RouterRows, mtu: number): RouterServices => {
  const has = (service: string): boolean => (rows.offering.services[service] ?? []).includes('VirtualRouter')
  const source = has('SourceNat') ? nat(rows) : undefined
  const inside = rows.nics.find((nic) => nic.role === 'guest')
  return {
    interfaces: interfaces(rows.nics, mtu),
    ...(inside && has('Dhcp') ? { dhcp: dhcp(rows, device(inside), mtu, has('Dns')) } : {}),
    ...(has('Dns') ? { dns: dns(rows) } : {}),
    ...(source ? { nat: source } : {}),
    firewall: { egress: rows.offering.egressdefaultpolicy ? 'allow' : 'deny' },
    ...(has('UserData') ? { metadata: metadata(rows) } : {}),
  }
}

export const routerSpec = (rows: RouterRows, generation: number, mtu: number): RouterSpec => ({
  version: SPEC_VERSION,
  generation,
  name: routerName(rows.router.number),
  role: 'router',
  services: routerServices(rows, mtu),
})

/** Of what a spec says, without its generation: two specs of one digest make the same machine. */
export const specDigest = ({ generation: _, ...spec }: RouterSpec): string =>
  createHash('sha256').update(JSON.stringify(spec)).digest('hex')
