import { isIPv4 } from 'node:net'
import { SysvmError } from '@sysvm/errors'
import type { GuestNic } from '../../model/loadbalancer.ts'
import { notFound } from '../found.ts'
import type { MapEntries } from '../parameter.ts'

/** A guest that a command names, perhaps by one of its addresses. */
export interface NamedGuest {
  readonly guest: string
  readonly address?: string
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

const fromEntry = (entry: Readonly<Record<string, string>>): NamedGuest => {
  const lower = Object.fromEntries(Object.entries(entry).map(([key, value]) => [key.toLowerCase(), value]))
  const { vmid: guest = '', vmip: address = '', ...more } = lower
  if (guest === '' || address === '' || Object.keys(more).length > 0)
    throw bad('Parameter vmidipmap: each entry needs vmid and vmip, nothing else.')
  if (!UUID.test(guest)) throw bad(`Parameter vmidipmap: '${guest.slice(0, 60)}' is not a UUID.`)
  if (!isIPv4(address)) throw bad(`Parameter vmidipmap: '${address.slice(0, 60)}' is not an IPv4 address.`)
  return { guest: guest.toLowerCase(), address }
}

/** Guests by `virtualmachineids` and `vmidipmap`, one of which is given. Throws SYSVM_API_PARAMETER. */
export const namedGuests = (
  ids: readonly string[] | undefined,
  entries: MapEntries | undefined,
): readonly NamedGuest[] => {
  if (ids === undefined && entries === undefined)
    throw bad('Parameters virtualmachineids and vmidipmap: one of them must name a guest.')
  return [...(ids ?? []).map((guest) => ({ guest })), ...(entries ?? []).map(fromEntry)]
}

/**
 * The members that are meant. A guest that is not on the rule's network is refused, and so is an address that it does not
 * have there.
 */
export const nicsOf = (named: readonly NamedGuest[], nics: readonly GuestNic[], network: string): readonly GuestNic[] =>
  named.map(({ guest, address }) => {
    const own = nics.filter((nic) => nic.guest === guest)
    if (own.length === 0)
      throw address === undefined
        ? notFound('virtualmachineids', `guest of the network ${network}`, guest)
        : notFound('vmidipmap', `guest of the network ${network}`, guest)
    const nic = address === undefined ? own[0] : own.find((one) => one.address === address)
    if (nic === undefined)
      throw bad(`Parameter vmidipmap: the guest ${guest} does not have ${address} on the network ${network}.`)
    return nic
  })
