import type { RouterServices } from '@sysvm/router/spec'
import { forwardsOfNetworks, type SpecForward } from '../../../model/nat.ts'
import { gives, type RouterBase, sourceNatAddress } from '../base.ts'
import type { RouterPart } from './part.ts'

type Nat = NonNullable<RouterServices['nat']>

/** All networks go out by one address; those behind a private gateway as the router, where it is asked to. */
const sourceOf = (base: RouterBase): Nat['source'] => {
  const outside = sourceNatAddress(base)
  const ways = [
    ...(outside === undefined ? [] : [{ ...outside, inside: base.networks.filter((one) => gives(one, 'SourceNat')) }]),
    ...base.gateways.filter(({ sourceNat }) => sourceNat).map((gateway) => ({ ...gateway, inside: base.networks })),
  ]
  return ways.flatMap(({ device, address, inside }) => inside.map(({ cidr }) => ({ network: cidr, device, address })))
}

/** A guest that has no address yet is not forwarded to; when it gets one, its network's revision rises. */
const forwardsOf = (base: RouterBase, rows: readonly SpecForward[]): Nat['forwards'] => {
  const addresses = new Map(base.addresses.map(({ id, address }) => [id, address]))
  const guests = new Map(base.guests.map(({ nic, address }) => [nic, address]))
  return rows.flatMap(({ id, publicip, nic, guest_address, protocol, first, last, private_port: guestPort, cidrs }) => {
    const address = addresses.get(publicip)
    const primary = guests.get(nic)
    if (address === undefined || primary === undefined) return []
    const guest = guest_address ?? primary
    return [
      {
        id,
        address,
        protocol,
        port: first,
        ...(last === first ? {} : { endPort: last }),
        guest,
        ...(guestPort === first ? {} : { guestPort }),
        ...(cidrs.length === 0 ? {} : { sources: cidrs }),
      },
    ]
  })
}

export const nat: RouterPart<'nat', readonly SpecForward[]> = {
  name: 'nat',
  read: (db, base) =>
    forwardsOfNetworks(
      db,
      base.networks.map(({ id }) => id),
    ),
  spec: (base, rows) => {
    const known = new Set(base.guests.map(({ nic }) => nic))
    const spec: Nat = {
      source: sourceOf(base),
      static: base.addresses.flatMap(({ id, address, staticNat }) =>
        staticNat === null || !known.has(staticNat.nic) ? [] : [{ id, address, guest: staticNat.address }],
      ),
      forwards: forwardsOf(base, rows),
    }
    return spec.source.length + spec.static.length + spec.forwards.length === 0 ? undefined : spec
  },
}
