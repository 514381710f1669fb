import { deleteSecurityGroupRule, findSecurityGroupRule } from '../../model/securitygroup.ts'
import { everyone } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const defineRevoke = (name: string, direction: 'ingress' | 'egress', description: string, since?: string) =>
  defineCommand({
    name,
    authorized: everyone,
    subject: 'security_group_rule',
    description,
    ...changes({ since }),
    params: { id: p.required(p.uuid('The rule.')) },
    answer: 'job',
    response: successResponse,
    run: (context, { id }) =>
      write(context, async (trx) => {
        const rule = await findSecurityGroupRule(trx, id)
        const { security_group } = found(
          rule?.direction === direction ? rule : undefined,
          'id',
          `${direction} rule of a security group`,
          id,
        )
        await deleteSecurityGroupRule(trx, id)
        return { jobid: await doneJob(trx, name, 'SecurityGroup', security_group) }
      }),
  })
