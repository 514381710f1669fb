import { SysvmError } from '@sysvm/errors'
import {
  DEFAULT_GROUP,
  deleteSecurityGroupRow,
  findSecurityGroup,
  lockSecurityGroup,
  namingGroup,
} from '../../model/securitygroup.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { owner } from '../owner.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { idOfGroup } from './one.ts'

const inUse = (sentence: string) => new SysvmError('SYSVM_IN_USE', sentence)

export const deleteSecurityGroup = defineCommand({
  name: 'deleteSecurityGroup',
  authorized: everyone,
  subject: 'security_group',
  description:
    'Deletes a security group that has no guests and that no other group of its account names; with it go the rules of other accounts that name it.',
  params: { id: p.uuid('The group.'), name: p.text('Its name, instead of its id.'), ...owner },
  answer: 'success',
  response: successResponse,
  run: (context, params) =>
    write(context, async (trx) => {
      const parameters: [string, string] = ['id', 'name']
      const id = await idOfGroup(context, trx, params, { id: params.id, name: params.name, parameters })
      const { name } = found(await lockSecurityGroup(trx, id), 'id', 'security group', id)
      if (name === DEFAULT_GROUP) throw inUse('The default group of an account cannot be deleted.')
      const guests = (await findSecurityGroup(trx, id))?.guests.length ?? 0
      if (guests > 0) throw inUse(`Security group ${name} has ${guests} guests: take them out first.`)
      const naming = await namingGroup(trx, id)
      if (naming !== undefined) throw inUse(`Security group ${naming.name} names ${name} in a rule: revoke that first.`)
      await deleteSecurityGroupRow(trx, id)
    }),
})
