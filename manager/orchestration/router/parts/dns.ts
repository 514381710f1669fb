import { routerName } from '../../world.ts'
import { gives, type RouterBase, type RouterNetwork } from '../base.ts'
import type { RouterPart } from './part.ts'
import { resolvers } from './resolvers.ts'

type Name = { readonly name: string; readonly address: string }

const records = (base: RouterBase, { id, networkdomain }: RouterNetwork): readonly Name[] =>
  base.guests
    .filter((guest) => guest.network === id)
    .map(({ name, address }) => ({ name: `${name}.${networkdomain}`, address }))

/** A tier knows the names of its own domain, its own first; those of a tier with another domain are not its business. */
const view = (base: RouterBase, served: readonly RouterNetwork[], network: RouterNetwork) => {
  const { device, gateway, networkdomain } = network
  const others = served.filter((other) => other.id !== network.id && other.networkdomain === networkdomain)
  return {
    device,
    listen: [gateway],
    domain: networkdomain,
    upstreams: resolvers(base),
    records: [
      { name: `${routerName(base.router.number).toLowerCase()}.${networkdomain}`, address: gateway },
      // Clients of CloudStack's metadata ask for this name.
      { name: `data-server.${networkdomain}`, address: gateway },
      ...[network, ...others].flatMap((one) => records(base, one)),
    ],
  }
}

export const dns: RouterPart<'dns', undefined> = {
  name: 'dns',
  read: async () => undefined,
  spec: (base) => {
    const served = base.networks.filter((network) => gives(network, 'Dns'))
    return served.length === 0 ? undefined : { views: served.map((network) => view(base, served, network)) }
  },
}
