import { SysvmError } from '@sysvm/errors'
import type { Member } from '../spec.ts'
import type { UdpDocument, UdpRule } from './document.ts'
import { HASH_SLOTS, hashed, round } from './slots.ts'

/** A table of the balancer's own: who is in it follows the members' health, between commits as well. */
export const TABLE = 'ip sysvm_lb_udp'

/** The set of all listeners. */
export const LISTENING = 'listening'

export type Listener = Pick<UdpRule, 'address' | 'port'>

/** Of `nft -j list set`: the listeners of a table in the kernel. Pure. */
export const listenersOf = (json: string): readonly Listener[] => {
  const { nftables } = JSON.parse(json) as {
    nftables: readonly {
      readonly set?: { readonly elem?: readonly { readonly concat: readonly [string, number] }[] }
    }[]
  }
  return nftables.flatMap(({ set }) => (set?.elem ?? []).map(({ concat: [address, port] }) => ({ address, port })))
}

/** Addresses, prefixes, numbers and device names; the schema lets nothing else come here. */
const token = (value: string | number): string => {
  const text = String(value)
  if (/^[a-z0-9./:-]+$/.test(text)) return text
  throw new SysvmError('SYSVM_RENDER_FAILED', `${JSON.stringify(text)} cannot stand in a netfilter ruleset`)
}

const target = ({ address, port }: Member): string => `${token(address)} . ${token(port)}`

const ruleLines = ({ algorithm }: UdpRule, members: readonly Member[]): readonly string[] => {
  const slots = algorithm === 'source' ? hashed(members) : round(members)
  const [only] = slots
  if (only === undefined) return ['drop']
  if (slots.every((member) => member === only))
    return [`meta l4proto udp dnat ip to ${token(only.address)}:${token(only.port)}`]
  // One seed for ever: a client stays where it is when the table is made anew.
  const choice =
    algorithm === 'source' ? `jhash ip saddr mod ${HASH_SLOTS} seed 0x5e` : `numgen inc mod ${slots.length}`
  const map = slots.map((member, index) => `${index} : ${target(member)}`)
  return [`meta l4proto udp dnat ip to ${choice} map { ${map.join(', ')} }`]
}

const block = (head: string, lines: readonly string[]): string =>
  `  ${head} {\n${lines.map((line) => `    ${line}\n`).join('')}  }\n`

/**
 * The table as nft(8) reads it; `serving` says which members take new flows. One map for all listeners, so that a
 * packet's cost does not grow with them.
 */
export const tableText = ({ rules, networks }: UdpDocument, serving: (rule: UdpRule) => readonly Member[]): string => {
  const removal = `table ${TABLE}\ndelete table ${TABLE}\n`
  if (rules.length === 0) return removal
  const listeners = rules.map(({ address, port }) => `${token(address)} . ${token(port)}`)
  const verdicts = listeners.map((listener, index) => `${listener} : goto rule-${index}`)
  const beside = networks.map(
    ({ device, network }) =>
      `oifname "${token(device)}" ip saddr ${token(network)} ct original ip daddr . ct original proto-dst @${LISTENING} masquerade`,
  )
  const parts = [
    block(`set ${LISTENING}`, ['type ipv4_addr . inet_service', `elements = { ${listeners.join(', ')} }`]),
    ...rules.map((rule, index) => block(`chain rule-${index}`, ruleLines(rule, serving(rule)))),
    block('map listeners', ['type ipv4_addr . inet_service : verdict', `elements = { ${verdicts.join(', ')} }`]),
    block('chain prerouting', [
      'type nat hook prerouting priority -105; policy accept;',
      'meta l4proto udp ip daddr . udp dport vmap @listeners',
    ]),
    block('chain postrouting', [
      'type nat hook postrouting priority 95; policy accept;',
      ...beside.map((line) => `ct status dnat meta l4proto udp ${line}`),
    ]),
  ]
  return `${removal}table ${TABLE} {\n${parts.join('')}}\n`
}
