import { deleteSecurityGroupRule, findSecurityGroupRule } from '../../model/securitygroup.ts'
import { everyone } from '../authorized.ts'
import type { Context } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

/** What the commands that revoke have in common. */
export const revocation = (cmd: string, direction: 'ingress' | 'egress') => ({
  authorized: everyone,
  subject: 'security_group_rule' as const,
  params: { id: p.required(p.uuid('The rule.')) },
  answer: 'job' as const,
  response: successResponse,
  run: (context: Context, { id }: { readonly id: string }) =>
    write(context, async (trx) => {
      const rule = await findSecurityGroupRule(trx, id)
      const kind = `${direction} rule of a security group`
      const { security_group } = found(rule?.direction === direction ? rule : undefined, 'id', kind, id)
      await deleteSecurityGroupRule(trx, id)
      return { jobid: await doneJob(trx, cmd, 'SecurityGroup', security_group) }
    }),
})
