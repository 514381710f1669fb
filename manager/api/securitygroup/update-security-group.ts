import { SysvmError } from '@sysvm/errors'
import { DEFAULT_GROUP, lockSecurityGroup, renameSecurityGroup, securityGroupNamed } from '../../model/securitygroup.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { answerGroup } from './one.ts'
import { securityGroupResponse } from './response.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

export const updateSecurityGroup = defineCommand({
  name: 'updateSecurityGroup',
  authorized: everyone,
  description: 'Renames a security group.',
  since: '4.14.0.0',
  params: { id: p.required(p.uuid('The group.')), name: p.name('Its new name, unique in its account.') },
  unsupported: ['customid'],
  answer: 'object',
  response: securityGroupResponse,
  run: (context, { id, name }) =>
    write(context, async (trx) => {
      const group = found(await lockSecurityGroup(trx, id), 'id', 'security group', id)
      if (name !== undefined && name !== group.name) {
        if (group.name === DEFAULT_GROUP) throw bad('Parameter id: the default group keeps its name.')
        if ((await securityGroupNamed(trx, group.account, name)) !== undefined)
          throw bad(`Parameter name: the account has a security group named '${name}' already: choose another.`)
        await renameSecurityGroup(trx, id, name)
      }
      return found(await answerGroup(trx, id), 'id', 'security group', id)
    }),
})
