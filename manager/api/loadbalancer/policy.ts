import { SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import { findLoadBalancerRule } from '../../model/loadbalancer.ts'
import type { PolicyFilter } from '../../model/loadbalancer-policy.ts'
import type { Database } from '../../model/schema.ts'
import { found, notFound } from '../found.ts'
import { search } from '../paging.ts'
import * as p from '../parameter.ts'

/** Filters of lists of policies. */
export const policyFilter = {
  lbruleid: p.uuid('The load balancer rule; needed without id.'),
  id: p.uuid('The policy; needed without lbruleid.'),
  fordisplay: p.boolean('Accepted for clients that send it; every policy is shown.'),
  ...search,
}

interface Asked {
  readonly id?: string | undefined
  readonly lbruleid?: string | undefined
}

/** The rule whose policies are asked for, by its own id or by that of a policy of it. */
const ruleOfPolicy = (
  { id, lbruleid }: Asked,
  policies: readonly { readonly rule: string }[] | undefined,
  kind: string,
): string => {
  if (id === undefined) {
    if (lbruleid !== undefined) return lbruleid
    throw new SysvmError('SYSVM_API_PARAMETER', 'Parameters lbruleid and id: one of them is required.')
  }
  const { rule } = found(policies?.[0], 'id', kind, id)
  if (lbruleid !== undefined && lbruleid !== rule) throw notFound('id', `${kind} of the rule ${lbruleid}`, id)
  return rule
}

/** The rule that is asked for, by its own id or by that of a policy of it, and its policies. */
export const askedPolicies = async <Policy extends { readonly rule: string }>(
  db: Kysely<Database>,
  asked: Asked,
  find: (db: Kysely<Database>, filter: PolicyFilter) => Promise<readonly Policy[]>,
  kind: string,
) => {
  const all = asked.id === undefined ? undefined : await find(db, { id: asked.id })
  const ruleId = ruleOfPolicy(asked, all, kind)
  const rule = found(await findLoadBalancerRule(db, ruleId), 'lbruleid', 'load balancer rule', ruleId)
  return { rule, policies: all ?? (await find(db, { rules: [rule.id] })) }
}
