import { isIPv4 } from 'node:net'
import { canonical6 } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import { mac as macParameter } from '../parameter.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

const Mac = macParameter('').schema

/** A nic that a deployment asks for; without an address it gets a free one. */
export interface WantedNic {
  readonly network: string
  readonly address?: string | undefined
  readonly address6?: string | undefined
  readonly mac?: string | undefined
}

interface Asked {
  readonly networkids?: readonly string[] | undefined
  readonly iptonetworklist?: readonly Readonly<Record<string, string>>[] | undefined
  readonly ipaddress?: string | undefined
  readonly ip6address?: string | undefined
  readonly macaddress?: string | undefined
  readonly nicnetworklist?: readonly Readonly<Record<string, string>>[] | undefined
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const fromMap = (entry: Readonly<Record<string, string>>): WantedNic => {
  const {
    networkid = '',
    ip: address,
    ipv6,
    mac,
    // Ansible's module says the name too.
    network: _name,
    ...others
  } = Object.fromEntries(Object.entries(entry).map(([key, value]) => [key.toLowerCase(), value]))
  if (!UUID.test(networkid))
    throw bad(`Parameter iptonetworklist: networkid '${networkid.slice(0, 60)}' is not a UUID.`)
  if (address !== undefined && !isIPv4(address))
    throw bad(`Parameter iptonetworklist: ip '${address.slice(0, 60)}' is not an IPv4 address.`)
  const [stray] = Object.keys(others)
  if (stray !== undefined)
    throw bad(
      `Parameter iptonetworklist: '${stray.slice(0, 60)}' is not supported: entries have networkid, ip, ipv6 and mac.`,
    )
  const address6 = ipv6 === undefined ? undefined : canonical6(ipv6)
  if (ipv6 !== undefined && address6 === undefined)
    throw bad(`Parameter iptonetworklist: ipv6 '${ipv6.slice(0, 60)}' is not an IPv6 address.`)
  const read = mac === undefined ? undefined : Mac.safeParse(mac)
  if (read?.success === false)
    throw bad(`Parameter iptonetworklist: mac '${mac?.slice(0, 60)}' is not a unicast MAC address.`)
  return { network: networkid.toLowerCase(), address, address6, mac: read?.data }
}

/** Entries of nic and network: the networks in the order of the nics, which count from 0. */
const fromNumbered = (entries: readonly Readonly<Record<string, string>>[]): WantedNic[] => {
  const numbered = entries.map((entry) => {
    const {
      nic = '',
      network = '',
      ...others
    } = Object.fromEntries(Object.entries(entry).map(([key, value]) => [key.toLowerCase(), value]))
    if (!/^\d{1,3}$/.test(nic) || !UUID.test(network) || Object.keys(others).length > 0)
      throw bad('Parameter nicnetworklist: an entry is not nic, a number, and network, a UUID.')
    return { nic: Number(nic), network: network.toLowerCase() }
  })
  const sorted = numbered.toSorted((a, b) => a.nic - b.nic)
  if (sorted.some(({ nic }, index) => nic !== index))
    throw bad('Parameter nicnetworklist: nics are not counted from 0, each once.')
  return sorted.map(({ network }) => ({ network }))
}

/** The nics asked for, in order; the first is the default one. Undefined: the caller named no network. */
export const wantedNics = (asked: Asked): WantedNic[] | undefined => {
  const { networkids, iptonetworklist, nicnetworklist, ipaddress, ip6address, macaddress } = asked
  if ([networkids, iptonetworklist, nicnetworklist].filter((given) => given !== undefined).length > 1)
    throw bad('Parameters networkids, iptonetworklist and nicnetworklist exclude each other: give one.')
  const numbered = nicnetworklist && fromNumbered(nicnetworklist)
  const wanted: WantedNic[] | undefined =
    iptonetworklist?.map(fromMap) ?? numbered ?? networkids?.map((network) => ({ network }))
  if (wanted === undefined) return undefined
  if (new Set(wanted.map((nic) => nic.network)).size !== wanted.length)
    throw bad('Parameter networkids: a network is named twice: name each once.')
  return wanted.map((nic, index) =>
    index > 0
      ? nic
      : {
          ...nic,
          ...(ipaddress === undefined ? {} : { address: ipaddress }),
          ...(ip6address === undefined ? {} : { address6: ip6address }),
          ...(macaddress === undefined ? {} : { mac: macaddress }),
        },
  )
}
