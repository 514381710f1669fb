import { SysvmError } from '@sysvm/errors'
import { findAccount } from '../../model/account.ts'
import { insertSecurityGroupRules, lockSecurityGroup } from '../../model/securitygroup.ts'
import { everyone } from '../authorized.ts'
import type { Context } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import { requireOpen } from '../open.ts'
import { owner } from '../owner.ts'
import * as p from '../parameter.ts'
import { withTags } from '../tags.ts'
import { write } from '../write.ts'
import { answerGroup, idOfGroup } from './one.ts'
import { securityGroupResponse } from './response.ts'
import { type AskedRule, ruleParameters, rulesOf } from './rule.ts'

interface Asked extends AskedRule {
  readonly securitygroupid?: string | undefined
  readonly securitygroupname?: string | undefined
  readonly account?: string | undefined
  readonly domainid?: string | undefined
  readonly projectid?: string | undefined
}

/**
 * What the commands that authorize have in common. The hosts of the group's guests are told by their reconcilers, which
 * the database's triggers wake. The job answers the group with the rules that were made and no others: clients take
 * the id of the rule from there when it is the only one.
 */
export const authorization = (cmd: string, direction: 'ingress' | 'egress') => ({
  authorized: everyone,
  params: {
    securitygroupid: p.uuid('The group.'),
    securitygroupname: p.text('Its name, instead of its id.'),
    ...ruleParameters,
    ...owner,
  },
  answer: 'job' as const,
  response: securityGroupResponse,
  run: (context: Context, params: Asked) =>
    write(context, async (trx) => {
      const { securitygroupid, securitygroupname } = params
      const parameters: [string, string] = ['securitygroupid', 'securitygroupname']
      const named = { id: securitygroupid, name: securitygroupname, parameters }
      const id = await idOfGroup(context, trx, params, named)
      const { account } = found(await lockSecurityGroup(trx, id), 'securitygroupid', 'security group', id)
      await requireOpen(trx, [account])
      const domain = (await findAccount(trx, account))?.domain ?? context.caller.domainid
      const made = await insertSecurityGroupRules(trx, await rulesOf(trx, { id, domain }, direction, params))
      if (made.length === 0)
        throw new SysvmError('SYSVM_API_PARAMETER', 'The group has these rules already: there is nothing to make.')
      const group = found(await answerGroup(trx, id, made), 'securitygroupid', 'security group', id)
      return { jobid: await doneJob(trx, cmd, 'SecurityGroup', id, await withTags(trx, 'object', group)) }
    }),
})
