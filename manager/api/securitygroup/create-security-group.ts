import { SysvmError } from '@sysvm/errors'
import { insertSecurityGroup } from '../../model/securitygroup.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { owner, ownerFor } from '../owner.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { answerGroup } from './one.ts'
import { securityGroupResponse } from './response.ts'

export const createSecurityGroup = defineCommand({
  name: 'createSecurityGroup',
  authorized: everyone,
  description: 'Creates a security group. Nothing comes in to its guests but what its rules let through.',
  params: {
    name: p.required(p.name('Name, unique in its account.')),
    description: p.text('What it is for.'),
    ...owner,
  },
  answer: 'object',
  response: securityGroupResponse,
  run: (context, params) =>
    write(context, async (trx) => {
      const { name, description = '' } = params
      const account = await ownerFor(context, trx, params)
      const id = await insertSecurityGroup(trx, { account, name, description })
      if (id === undefined)
        throw new SysvmError(
          'SYSVM_API_PARAMETER',
          `Parameter name: the account has a security group named '${name}' already: choose another.`,
        )
      return found(await answerGroup(trx, id), 'id', 'security group', id)
    }),
})
