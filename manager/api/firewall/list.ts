import { type FirewallKind, findFirewallRules } from '../../model/firewall.ts'
import type { Context } from '../command.ts'
import { ownerFilter, ownersOf } from '../owner.ts'
import { pageOf, search, tagsFilter } from '../paging.ts'
import * as p from '../parameter.ts'

const id = p.uuid('Only the rule of this id.')
const networkid = p.uuid('Only rules of this network.')
const rest = {
  fordisplay: p.boolean('Accepted for clients that send it; every rule is shown.'),
  ...ownerFilter,
  ...search,
  ...tagsFilter,
}

/** Filters of lists whose rules have one direction; what an address means differs. */
export const ruleFilter = (ipaddressid: string) => ({ id, ipaddressid: p.uuid(ipaddressid), networkid, ...rest })

/** Filters of lists whose rules have either direction and no address. */
export const ownRuleFilter = {
  id,
  networkid,
  traffictype: p.choice('Only rules of this direction.', ['Ingress', 'Egress']),
  ...rest,
}

type Asked = Partial<p.Values<ReturnType<typeof ruleFilter> & typeof ownRuleFilter>>

/** The page of rules of this kind that is asked for. */
export const askedRules = async (context: Context, kind: FirewallKind, params: Asked) => {
  const accounts = await ownersOf(context, params)
  const { ipaddressid: publicIp, networkid: network, traffictype, keyword } = params
  const filter = { accounts, kind, id: params.id, publicIp, network, traffictype, keyword }
  return findFirewallRules(context.db, filter, pageOf(params))
}
