import { routerName } from '../../world.ts'
import { gives, type RouterBase, type RouterNetwork } from '../base.ts'
import { addressOf6, readAskedAddresses } from './addresses6.ts'
import type { RouterPart } from './part.ts'
import { type NetworkNames, readNetworkNames, resolvers } from './resolvers.ts'

interface DnsRows {
  readonly names: ReadonlyMap<string, NetworkNames>
  readonly asked: ReadonlyMap<string, string>
}

type Name = { readonly name: string; readonly address: string }

const records = (base: RouterBase, { names, asked }: DnsRows, { id, networkdomain }: RouterNetwork): Name[] => {
  const ip6cidr = names.get(id)?.ip6cidr ?? null
  return base.guests
    .filter((guest) => guest.network === id)
    .flatMap((guest) => {
      const name = `${guest.name}.${networkdomain}`
      const ipv4 = { name, address: guest.address }
      return ip6cidr === null ? [ipv4] : [ipv4, { name, address: addressOf6(asked, guest, ip6cidr) }]
    })
}

/** A tier knows the names of its own domain, its own first; those of a tier with another domain are not its business. */
const view = (base: RouterBase, rows: DnsRows, served: readonly RouterNetwork[], network: RouterNetwork) => {
  const { device, gateway, networkdomain } = network
  const others = served.filter((other) => other.id !== network.id && other.networkdomain === networkdomain)
  const own = rows.names.get(network.id)
  const gateways = [gateway, ...(own?.ip6gateway ? [own.ip6gateway] : [])]
  const router = `${routerName(base.pair?.first ?? base.router.number).toLowerCase()}.${networkdomain}`
  // Of the whole VPC: a tier that comes must not restart the servers of the others.
  const reverse = [base.vpc?.cidr ?? network.cidr, ...(own?.ip6cidr ? [own.ip6cidr] : [])]
  return {
    device,
    listen: gateways,
    domain: networkdomain,
    networks: reverse,
    upstreams: resolvers(base, own),
    records: [
      ...gateways.map((address) => ({ name: router, address })),
      // Clients of CloudStack's metadata ask for this name.
      { name: `data-server.${networkdomain}`, address: gateway },
      ...[network, ...others].flatMap((one) => records(base, rows, one)),
    ],
  }
}

export const dns: RouterPart<'dns', DnsRows> = {
  name: 'dns',
  read: async (db, base) => ({ names: await readNetworkNames(db, base), asked: await readAskedAddresses(db, base) }),
  spec: (base, rows) => {
    const served = base.networks.filter((network) => gives(network, 'Dns'))
    return served.length === 0 ? undefined : { views: served.map((network) => view(base, rows, served, network)) }
  },
}
