import type { Transaction } from 'kysely'
import { certsOfRule } from '../../model/loadbalancer-cert.ts'
import { findHealthCheckPolicies, findStickinessPolicies } from '../../model/loadbalancer-policy.ts'
import type { Database } from '../../model/schema.ts'
import type { Shape } from './fit.ts'
import type { Rule } from './job.ts'

/** A rule with what hangs on it, as the database has them. */
export const shapeOf = async (trx: Transaction<Database>, rule: Rule): Promise<Shape> => {
  const [stickiness] = await findStickinessPolicies(trx, { rules: [rule.id] })
  const [check] = await findHealthCheckPolicies(trx, { rules: [rule.id] })
  const { protocol, algorithm, limits, timeouts } = rule
  return {
    protocol,
    algorithm,
    limits,
    timeouts,
    stickiness: stickiness?.method,
    check: check?.kind,
    certificates: (await certsOfRule(trx, rule.id)).length,
  }
}
