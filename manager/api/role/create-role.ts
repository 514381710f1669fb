import { SysvmError } from '@sysvm/errors'
import { appendRules, findRole, insertRole, rulesOf } from '../../model/role.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { roleType } from './params.ts'
import { withinPower } from './power.ts'
import { presentRole, roleResponse } from './response.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

export const createRole = defineCommand({
  name: 'createRole',
  authorized: admins,
  since: '4.9.0',
  description: 'Makes a role of a kind, or one with the rules of another.',
  params: {
    name: p.required(p.name('Its name, unique.')),
    type: roleType('Its kind: what it may do where no rule says otherwise.'),
    roleid: p.uuid('A role to copy, instead of type.'),
    description: p.text('What it is for.'),
    ispublic: p.boolean('Whether domain administrators see it. Default true.'),
  },
  answer: 'object',
  response: roleResponse,
  run: (context, { name, type, roleid, description = '', ispublic = true }) =>
    write(context, async (trx) => {
      if ((type === undefined) === (roleid === undefined))
        throw bad('createRole needs type or roleid: give one of them.')
      const model = roleid === undefined ? undefined : found(await findRole(trx, roleid), 'roleid', 'role', roleid)
      const kind = type ?? model?.type ?? 'User'
      const made = await withinPower(context, trx, async () => {
        const role = await insertRole(trx, {
          name,
          type: kind,
          description: description || (model?.description ?? ''),
          ispublic,
        })
        if (model !== undefined)
          await appendRules(
            trx,
            role.id,
            (await rulesOf(trx, model.id)).map((one) => ({
              rule: one.rule,
              permission: one.permission,
              description: one.description,
            })),
          )
        return role
      })
      return presentRole(made)
    }),
})
