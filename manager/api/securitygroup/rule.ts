import { SysvmError } from '@sysvm/errors'
import type { Insertable, Transaction } from 'kysely'
import { accountNamed } from '../../model/account.ts'
import type { SecurityGroupRuleTable } from '../../model/schema/securitygroup.ts'
import type { Database } from '../../model/schema.ts'
import { securityGroupNamed } from '../../model/securitygroup.ts'
import { cidrs } from '../firewall/parameters.ts'
import * as p from '../parameter.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** What both commands that authorize take beside the group. */
export const ruleParameters = {
  protocol: p.text('tcp, udp, icmp, icmpv6, all or the number of an IP protocol. Default tcp.'),
  startport: p.integer('First port of TCP or UDP.', 0, 65_535),
  endport: p.integer('Last port; default: the first one.', 0, 65_535),
  icmptype: p.integer('ICMP type; -1 or none: any.', -1, 255),
  icmpcode: p.integer('ICMP code; -1 or none: any.', -1, 255),
  cidrlist: cidrs('Networks that are let through, of IPv4 and IPv6.', [4, 6]),
  usersecuritygrouplist: p.entries('Groups whose guests are let through: entries of account and group.', [
    'account',
    'group',
  ]),
}

export interface AskedRule {
  readonly protocol?: string | undefined
  readonly startport?: number | undefined
  readonly endport?: number | undefined
  readonly icmptype?: number | undefined
  readonly icmpcode?: number | undefined
  readonly cidrlist?: readonly string[] | undefined
  readonly usersecuritygrouplist?: readonly { readonly account: string; readonly group: string }[] | undefined
}

type What = Pick<Insertable<SecurityGroupRuleTable>, 'protocol' | 'startport' | 'endport' | 'icmptype' | 'icmpcode'>

const NAMES = ['all', 'tcp', 'udp', 'icmp', 'icmpv6']
/** IP protocols that have a name here too: a number means the same. */
const NUMBERED: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6' }

const protocolOf = (given = 'tcp'): string => {
  const protocol = NUMBERED[given] ?? given.toLowerCase()
  if (NAMES.includes(protocol)) return protocol
  if (/^(0|[1-9]\d{0,2})$/.test(protocol) && Number(protocol) <= 255) return protocol
  throw bad(`Parameter protocol: '${given.slice(0, 60)}' is not one of ${NAMES.join(', ')} and no number to 255.`)
}

/** Any is told by -1. */
const some = (value: number | undefined): number | null => (value === undefined || value < 0 ? null : value)

/** Protocol, ports and ICMP types that fit each other. Pure. */
export const whatOf = (asked: AskedRule): What => {
  const protocol = protocolOf(asked.protocol)
  const [icmptype, icmpcode] = [some(asked.icmptype), some(asked.icmpcode)]
  const { startport = null, endport = startport } = asked
  const isIcmp = protocol.startsWith('icmp')
  if (!isIcmp && (icmptype !== null || icmpcode !== null))
    throw bad('Parameters icmptype and icmpcode are for protocol icmp and icmpv6 only.')
  if (icmptype === null && icmpcode !== null) throw bad('Parameter icmpcode needs icmptype.')
  if (protocol !== 'tcp' && protocol !== 'udp') {
    if (startport !== null || endport !== null)
      throw bad('Parameters startport and endport are for protocol tcp and udp only.')
    return { protocol, startport: null, endport: null, icmptype, icmpcode }
  }
  if (startport === null || endport === null)
    throw bad(`Parameter startport is required for protocol ${protocol}: 0 to 65535 are all ports.`)
  if (endport < startport) throw bad(`Parameter endport: ${endport} is below startport ${startport}.`)
  return { protocol, startport, endport, icmptype, icmpcode }
}

/** What a call lets through, a rule for each network and group that it names. */
export const rulesOf = async (
  trx: Transaction<Database>,
  group: { readonly id: string; readonly domain: string },
  direction: 'ingress' | 'egress',
  asked: AskedRule,
): Promise<Insertable<SecurityGroupRuleTable>[]> => {
  const rule = { security_group: group.id, direction, ...whatOf(asked) }
  const networks = asked.cidrlist ?? []
  const peers: string[] = []
  for (const { account, group: name } of asked.usersecuritygrouplist ?? []) {
    const owner = await accountNamed(trx, group.domain, account)
    const peer = owner && (await securityGroupNamed(trx, owner.id, name))
    if (peer === undefined)
      throw bad(`Parameter usersecuritygrouplist: account ${account.slice(0, 60)} has no group '${name.slice(0, 60)}'.`)
    peers.push(peer.id)
  }
  if (networks.length + peers.length === 0)
    throw bad('Parameter cidrlist or usersecuritygrouplist is required: whom the rule lets through.')
  return [...networks.map((cidr) => ({ ...rule, cidr })), ...[...new Set(peers)].map((peer) => ({ ...rule, peer }))]
}
