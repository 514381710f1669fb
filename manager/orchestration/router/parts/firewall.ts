import type { RouterServices } from '@sysvm/router/spec'
import type { Selectable } from 'kysely'
import { firewallRulesOf } from '../../../model/firewall.ts'
import type { FirewallRuleTable } from '../../../model/schema/firewall.ts'
import { gives, type RouterBase, type RouterNetwork } from '../base.ts'
import { filterRule } from './filter.ts'
import type { RouterPart } from './part.ts'

type Firewall = RouterServices['firewall']
type Row = Selectable<FirewallRuleTable>

const policyOf = ({ offering }: RouterNetwork): 'allow' | 'deny' => (offering.egressdefaultpolicy ? 'allow' : 'deny')

/** Rules are the exceptions from what the offering says, so they do the opposite. */
const egressOf = (network: RouterNetwork, rows: readonly Row[]) => {
  const otherwise = policyOf(network)
  const action = otherwise === 'allow' ? 'deny' : 'allow'
  const rules = rows.filter((row) => row.network === network.id && row.traffictype === 'Egress')
  return { otherwise, rules: rules.flatMap((row) => filterRule(row, action)) }
}

/** What reaches guests untranslated: in a routed network, and in IPv6 always. */
const ingressOf = (network: RouterNetwork, rows: readonly Row[]) => {
  const { networkmode, internetprotocol } = network.offering
  if (networkmode !== 'ROUTED' && internetprotocol === 'IPv4') return undefined
  const rules = rows.filter(
    (row) => row.network === network.id && row.traffictype === 'Ingress' && row.public_ip === null,
  )
  return { otherwise: 'deny' as const, rules: rules.flatMap((row) => filterRule(row, 'allow')) }
}

const networkOf = (network: RouterNetwork, rows: readonly Row[]) => {
  const ingress = ingressOf(network, rows)
  return { device: network.device, egress: egressOf(network, rows), ...(ingress === undefined ? {} : { ingress }) }
}

/** The addresses of networks whose offering has a firewall: what no rule lets in stays out. */
const addressesOf = ({ addresses, networks }: RouterBase, rows: readonly Row[]): Firewall['addresses'] => {
  const filtered = new Set(networks.filter((network) => gives(network, 'Firewall')).map(({ id }) => id))
  return addresses
    .filter(({ network }) => network !== null && filtered.has(network))
    .map(({ id, address }) => ({
      address,
      rules: rows.filter(({ public_ip: of }) => of === id).flatMap((row) => filterRule(row, 'allow')),
    }))
}

/** Of a VPC's tiers the ACLs decide. */
export const firewall: RouterPart<'firewall', readonly Row[]> = {
  name: 'firewall',
  read: (db, { vpc, networks }) => firewallRulesOf(db, vpc === undefined ? networks.map(({ id }) => id) : []),
  spec: (base, rows) => {
    if (base.vpc !== undefined) return { egress: 'allow' }
    return {
      egress: base.networks.every((network) => policyOf(network) === 'allow') ? 'allow' : 'deny',
      addresses: addressesOf(base, rows),
      networks: base.networks.map((network) => networkOf(network, rows)),
    }
  },
}
