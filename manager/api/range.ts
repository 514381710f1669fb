import { contains, parseCidr, toNumber } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'

/** The network of an address and its netmask: `10.1.1.0/24`. */
export const cidrOf = (address: string, netmask: string): string => {
  const prefix = 32 - Math.log2(2 ** 32 - toNumber(netmask))
  const cidr = `${address}/${prefix}`
  return `${parseCidr(cidr).network}/${prefix}`
}

interface Range {
  readonly gateway: string
  readonly netmask: string
  readonly startip: string
  readonly endip: string
}

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** A range of addresses lies in its gateway's network, runs upwards and holds none that is taken by definition. */
export const checkRange = ({ gateway, netmask, startip, endip }: Range): void => {
  const cidr = cidrOf(gateway, netmask)
  const { first, last, prefix } = parseCidr(cidr)
  const [start, end] = [toNumber(startip), toNumber(endip)]
  if (prefix < 8 || prefix > 30)
    throw bad(`Parameter netmask: ${netmask} leaves no addresses to give, or far too many.`)
  if (toNumber(gateway) === first || toNumber(gateway) === last)
    throw bad(`Parameter gateway: ${gateway} is the network's own or its broadcast address (${cidr}).`)
  for (const [name, address] of Object.entries({ startip, endip }))
    if (!contains(cidr, address)) throw bad(`Parameter ${name}: ${address} is not in the gateway's network ${cidr}.`)
  if (start > end) throw bad(`Parameter endip: ${endip} comes before startip ${startip}.`)
  if (start === first || end === last)
    throw bad(`The range ${startip}-${endip} holds the network's own or its broadcast address (${cidr}): leave it out.`)
  if (toNumber(gateway) >= start && toNumber(gateway) <= end)
    throw bad(`The range ${startip}-${endip} holds the gateway ${gateway}: leave it out.`)
}
