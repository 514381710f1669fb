import { contains, fromNumber, parseCidr, toNumber } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import { cidrOf } from '../range.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** A network's CIDR and its router's address from what the caller gave, or from the zone's default. */
export const networkAddress = (
  gateway: string | undefined,
  netmask: string | undefined,
  zoneCidr: string,
): { readonly cidr: string; readonly gateway: string } => {
  if ((gateway === undefined) !== (netmask === undefined))
    throw bad('Parameters gateway and netmask come together: give both or neither.')
  const cidr = gateway === undefined || netmask === undefined ? zoneCidr : cidrOf(gateway, netmask)
  const { first, last, prefix, network } = parseCidr(cidr)
  if (prefix < 8 || prefix > 29)
    throw bad(`Parameter netmask: ${netmask} is a prefix length of ${prefix}: take one from 8 to 29.`)
  const address = gateway ?? fromNumber(first + 1)
  if (!contains(cidr, address) || toNumber(address) === first || toNumber(address) === last)
    throw bad(`Parameter gateway: ${address} is the network's own or its broadcast address (${cidr}).`)
  for (const range of ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'])
    if (contains(range, network) || contains(cidr, range.split('/')[0] ?? ''))
      throw bad(`Parameter gateway: hosts cannot have addresses of ${range}, and ${cidr} holds some.`)
  return { cidr, gateway: address }
}
