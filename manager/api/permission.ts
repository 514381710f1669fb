import { sql } from 'kysely'
import { standardRoles } from '../model/identity.ts'
import type { RolePermissionTable } from '../model/schema/identity.ts'
import type { Caller } from './caller.ts'
import type { Command, Context } from './command.ts'

export type Rule = Pick<RolePermissionTable, 'rule' | 'permission'>

type Permitted = (command: Pick<Command, 'name' | 'authorized'>) => boolean

/** Whether a name fits a rule, in which * stands for any text; without case. Linear, whatever the rule. */
export const fits = (rule: string, name: string): boolean => {
  const text = name.toLowerCase()
  const [first = '', ...rest] = rule.toLowerCase().split('*')
  const last = rest.pop()
  if (last === undefined) return text === first
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= text.length - last.length
}

/** The first rule that fits decides; where none does, the kind of the role. */
export const permits =
  (rules: readonly Rule[], roletype: Caller['roletype']): Permitted =>
  ({ name, authorized }) => {
    const rule = rules.find((one) => fits(one.rule, name))
    return rule === undefined ? authorized.includes(roletype) : rule.permission === 'allow'
  }

const standard: ReadonlySet<string> = new Set(Object.values(standardRoles).map(({ id }) => id))

/** What a role may do; the standard ones have no rules. */
export const permissionsOf = async (
  db: Context['db'],
  { roleid, roletype }: Pick<Caller, 'roleid' | 'roletype'>,
): Promise<Permitted> => {
  if (standard.has(roleid)) return permits([], roletype)
  const rules = await db
    .selectFrom('role_permission')
    .select(['rule', 'permission'])
    .where('role', '=', sql<string>`${roleid}::uuid`)
    .orderBy('sort_order')
    .execute()
  return permits(rules, roletype)
}
