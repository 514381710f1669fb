import { SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import type { NewRule, Role } from '../../model/role.ts'
import {
  accountsOfRole,
  appendRules,
  changeRole,
  deleteRules,
  findRole,
  insertRole,
  roleNamed,
} from '../../model/role.ts'
import type { Database } from '../../model/schema.ts'
import { admins, type RoleType } from '../authorized.ts'
import { type Context, defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { lockCustomRole } from './find.ts'
import { isRule, PERMISSIONS, roleType } from './params.ts'
import { withinPower } from './power.ts'
import { presentRole, roleResponse } from './response.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

const LONGEST = 255
const MOST_RULES = 1000

const readRules = (entries: readonly Readonly<Record<string, string>>[]): NewRule[] => {
  if (entries.length > MOST_RULES) throw bad(`Parameter rules: has more than ${MOST_RULES} entries.`)
  const rules = entries.map((entry, index) => {
    const {
      rule = '',
      permission = '',
      description = '',
      ...others
    } = Object.fromEntries(Object.entries(entry).map(([key, value]) => [key.toLowerCase(), value]))
    const known = PERMISSIONS.find((one) => one === permission.toLowerCase())
    if (!isRule(rule) || known === undefined || description.length > LONGEST || Object.keys(others).length > 0)
      throw bad(
        `Parameter rules: entry ${index + 1} needs rule and permission (allow or deny), and may have description.`,
      )
    return { rule, permission: known, description }
  })
  if (new Set(rules.map(({ rule }) => rule)).size < rules.length) throw bad('Parameter rules: has a rule twice.')
  return rules
}

interface Wanted {
  readonly name: string
  readonly type: RoleType | undefined
  readonly description: string
  readonly ispublic: boolean
  readonly forced: boolean
}

const roleFor = async (context: Context, trx: Kysely<Database>, { forced, type, ...values }: Wanted): Promise<Role> => {
  const there = await roleNamed(trx, values.name)
  if (there === undefined) return insertRole(trx, { ...values, type: type ?? 'User' })
  if (!forced)
    throw bad(`Parameter name: there is a role named ${values.name} already; forced=true replaces its rules.`)
  await lockCustomRole(context, trx, there.id)
  if (type !== undefined && type !== there.type && (await accountsOfRole(trx, there.id)) > 0)
    throw new SysvmError('SYSVM_IN_USE', `Role ${there.name} is that of accounts: its kind stays ${there.type}.`)
  await changeRole(trx, there.id, { ...values, type: type ?? there.type })
  await deleteRules(trx, { role: there.id })
  return found(await findRole(trx, there.id), 'name', 'role', there.id)
}

export const importRole = defineCommand({
  name: 'importRole',
  authorized: admins,
  since: '4.15.0',
  description: 'Makes a role with all its rules at once, or replaces those of one.',
  params: {
    name: p.required(p.name('Its name.')),
    rules: p.required(p.map('Its rules in order: rule, permission and description of each.')),
    type: roleType('Its kind. Default User.'),
    description: p.text('What it is for.'),
    ispublic: p.boolean('Whether domain administrators see it. Default true.'),
    forced: p.boolean('Whether a role of this name gets these rules instead of its own.'),
  },
  answer: 'object',
  response: roleResponse,
  run: (context, { rules, type, description = '', ispublic = true, forced = false, name }) => {
    const read = readRules(rules)
    return write(context, async (trx) => {
      const role = await withinPower(context, trx, async () => {
        const role = await roleFor(context, trx, { name, type, description, ispublic, forced })
        await appendRules(trx, role.id, read)
        return role
      })
      return presentRole(role)
    })
  },
})
