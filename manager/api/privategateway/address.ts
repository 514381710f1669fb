import { contains, overlaps, parseCidr, toNumber } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import { cidrOf } from '../range.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** The network of a private gateway; both ends are hosts of it, and it is none that routers use among themselves. */
export const gatewayNetwork = (ipaddress: string, gateway: string, netmask: string): string => {
  const cidr = cidrOf(ipaddress, netmask)
  const { first, last, prefix } = parseCidr(cidr)
  if (prefix < 8 || prefix > 30)
    throw bad(`Parameter netmask: ${netmask} is not one of a network with two hosts or more.`)
  if (!contains(cidr, gateway)) throw bad(`Parameter gateway: ${gateway} is not in the network of ipaddress, ${cidr}.`)
  if (gateway === ipaddress) throw bad(`Parameter gateway: ${gateway} is the router itself: name the next hop.`)
  for (const [name, address] of Object.entries({ ipaddress, gateway }))
    if (toNumber(address) === first || toNumber(address) === last)
      throw bad(`Parameter ${name}: ${address} is the network's own or its broadcast address (${cidr}).`)
  for (const range of ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'])
    if (overlaps(range, cidr)) throw bad(`Parameter ipaddress: hosts cannot have addresses of ${range}.`)
  return cidr
}
