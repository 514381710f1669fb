import { Ipv4, parseCidr, toNumber } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'

/** Both included. */
export interface IpRange {
  readonly first: string
  readonly last: string
}

/** Clients of one VPN at a time. */
const MOST = 4096
/** RFC 1918 and RFC 6598: addresses that nobody on the Internet has. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10']

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', `Parameter iprange: ${sentence}`)

/** `10.1.2.1-10.1.2.8`. */
export const readIpRange = (text: string): IpRange => {
  const [first = '', last = '', ...rest] = text.split('-')
  if (rest.length > 0 || !Ipv4.safeParse(first).success || !Ipv4.safeParse(last).success)
    throw bad(`'${text.slice(0, 40)}' is not a range of addresses such as 10.1.2.1-10.1.2.8.`)
  const count = toNumber(last) - toNumber(first) + 1
  if (count < 1) throw bad(`${last} comes before ${first}.`)
  if (count > MOST) throw bad(`${first}-${last} are ${count} addresses, above ${MOST}: give fewer.`)
  const within = PRIVATE.some((cidr) => {
    const network = parseCidr(cidr)
    return toNumber(first) >= network.first && toNumber(last) <= network.last
  })
  if (!within) throw bad(`${first}-${last} is not in a private network: take it from ${PRIVATE.join(', ')}.`)
  return { first, last }
}

/** Clients cannot have addresses that guests have, or may get. */
export const refuseOverlap = ({ first, last }: IpRange, cidr: string, what: string): void => {
  const network = parseCidr(cidr)
  if (toNumber(last) < network.first || toNumber(first) > network.last) return
  throw bad(`${first}-${last} overlaps ${what}, ${cidr}: give addresses outside it.`)
}
