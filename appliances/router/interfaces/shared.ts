import { addressOf, METADATA_ADDRESS } from '../whole.ts'
import { addressesOf, type Link, type Live } from './live.ts'
import type { InterfacesSpec } from './spec.ts'

type Nic = InterfacesSpec['interfaces'][number]

/** Guests reach metadata at an address that is no network's: each guest device has it, so ARP is answered there. */
export const servingAddresses = (nic: Nic): readonly string[] =>
  nic.role === 'guest' ? [...nic.addresses, `${METADATA_ADDRESS}/32`] : nic.addresses

/** Whether somebody else holds the addresses by which the device serves: keepalived, on the primary. */
export const isShared = (nic: Nic): boolean => nic.own !== undefined

export const isRedundant = ({ interfaces }: InterfacesSpec): boolean => interfaces.some(isShared)

/** Addresses that a device has whatever the router's role is. */
export const wantedAddresses = (nic: Nic): readonly string[] => nic.own ?? servingAddresses(nic)

/** Those of a device that are for us to keep in order. */
export const governedAddresses = (nic: Nic, link: Link): readonly string[] => {
  const shared = isShared(nic) ? servingAddresses(nic) : []
  return addressesOf(link).filter((address) => !shared.includes(address))
}

/** On `lo`, in both roles. */
export const hostAddresses = ({ interfaces }: InterfacesSpec): readonly string[] => [
  ...new Set(
    interfaces.filter(isShared).flatMap((nic) => servingAddresses(nic).map((cidr) => `${addressOf(cidr)}/32`)),
  ),
]

const foreign = (spec: InterfacesSpec, link: Link | undefined): readonly string[] => {
  const wanted = hostAddresses(spec)
  const live = link === undefined ? [] : addressesOf(link).filter((address) => !address.startsWith('127.'))
  return live.filter((address) => !wanted.includes(address)).map((address) => `address del ${address} dev lo`)
}

const loopback = ({ links }: Live): Link | undefined => links.find(({ ifname }) => ifname === 'lo')

/**
 * What keeps every shared address the router's own also while the other one serves: daemons listen on it and are probed
 * there before anybody depends on them. No network sees it, since ARP is answered for a device's own addresses only.
 */
export const loopbackCommands = (spec: InterfacesSpec, live: Live): readonly string[] => {
  const link = loopback(live)
  if (link === undefined) return []
  const have = addressesOf(link)
  return [
    ...(isRedundant(spec) ? [] : foreign(spec, link)),
    ...hostAddresses(spec)
      .filter((address) => !have.includes(address))
      .map((address) => `address add ${address} dev lo`),
  ]
}

/**
 * Shared addresses that the spec no longer names. keepalived takes the loss of one of its addresses, on whatever device,
 * for the loss of its role: they go once it has let go of them.
 */
export const staleCommands = (spec: InterfacesSpec, live: Live): readonly string[] =>
  isRedundant(spec) ? foreign(spec, loopback(live)) : []

/** What keepalived has on devices and the spec no longer names. */
export const heldStill = ({ interfaces }: InterfacesSpec, { links }: Live): readonly string[] =>
  interfaces.filter(isShared).flatMap((nic) => {
    const link = links.find(({ ifname }) => ifname === nic.device)
    const named = [...servingAddresses(nic), ...(nic.own ?? [])]
    return link === undefined ? [] : addressesOf(link).filter((address) => !named.includes(address))
  })

/** Of two routers: devices that are up and that the spec no longer names. */
export const leftLinks = ({ interfaces }: InterfacesSpec, { links }: Live): readonly Link[] =>
  links.filter(
    ({ ifname, address, flags }) =>
      /^eth\d+$/.test(ifname) && flags.includes('UP') && !interfaces.some(({ mac }) => mac === address),
  )
