import type { FilterListInput } from '@sysvm/router/spec'
import type { Selectable } from 'kysely'
import { itemsOfAclLists } from '../../../model/acl.ts'
import type { NetworkAclTable } from '../../../model/schema/acl.ts'
import { type FilterRow, filterRule } from './filter.ts'
import type { RouterPart } from './part.ts'

type Item = Selectable<NetworkAclTable>

/** The networks of an item are those of the other side: sources of what comes in, destinations of what goes out. */
const rowOf = ({ cidrlist, ...item }: Item): FilterRow =>
  item.traffictype === 'Ingress' ? { ...item, cidrlist } : { ...item, cidrlist: [], destcidrlist: cidrlist }

/**
 * Where no item says anything, nothing comes in; and everything goes out until the list has an item about what goes out.
 */
const listOf = (items: readonly Item[], traffictype: Item['traffictype']): FilterListInput => {
  const own = items.filter((item) => item.traffictype === traffictype)
  return {
    otherwise: traffictype === 'Egress' && own.length === 0 ? 'allow' : 'deny',
    rules: own.flatMap((item) => filterRule(rowOf(item), item.action === 'Allow' ? 'allow' : 'deny')),
  }
}

const open: FilterListInput = { otherwise: 'allow' }
const closed: FilterListInput = { otherwise: 'deny' }

/** The lists of a VPC's tiers and private gateways. */
export const acl: RouterPart<'acl', readonly Item[]> = {
  name: 'acl',
  read: (db, { vpc, networks, gateways }) => {
    const ids = [...networks, ...gateways].flatMap(({ acl: id }) => (id === null ? [] : [id]))
    return itemsOfAclLists(db, vpc === undefined ? [] : [...new Set(ids)])
  },
  spec: ({ vpc, pair, networks, gateways }, rows) => {
    if (vpc === undefined) return undefined
    const itemsOf = (list: string | null) => rows.filter((item) => item.list === list)
    const both = (device: string, list: string | null) => ({
      device,
      ingress: listOf(itemsOf(list), 'Ingress'),
      egress: listOf(itemsOf(list), 'Egress'),
    })
    return {
      devices: [
        ...networks.map((network) => both(network.device, network.acl)),
        ...gateways.map(({ device, acl: list }) =>
          list === null ? { device, ingress: open, egress: open } : both(device, list),
        ),
        // On the link the two speak to each other; nothing is passed on.
        ...(pair === undefined ? [] : [{ device: pair.device, ingress: closed, egress: closed }]),
      ],
    }
  },
}
