import { SysvmError } from '@sysvm/errors'
import type { Kysely, Transaction } from 'kysely'
import type { Database } from '../../model/schema.ts'
import { findSecurityGroup, rulesOfGroups, securityGroupNamed } from '../../model/securitygroup.ts'
import type { Context } from '../command.ts'
import { found } from '../found.ts'
import { ownerNamed, ownersIn } from '../owner.ts'
import { presentSecurityGroup } from './response.ts'

interface Asked {
  readonly account?: string | undefined
  readonly domainid?: string | undefined
  readonly projectid?: string | undefined
}

/** A group by its id, or by its name among those of an account. */
export const idOfGroup = async (
  context: Context,
  trx: Transaction<Database>,
  values: Asked,
  named: { readonly id: string | undefined; readonly name: string | undefined; readonly parameters: [string, string] },
): Promise<string> => {
  const { id, name, parameters } = named
  if ((id === undefined) === (name === undefined))
    throw new SysvmError('SYSVM_API_PARAMETER', `Give either ${parameters[0]} or ${parameters[1]}.`)
  const account = await ownerNamed(context, trx, values)
  if (id === undefined) {
    const group = await securityGroupNamed(trx, account, name ?? '')
    return found(group, parameters[1], 'security group', (name ?? '').slice(0, 60)).id
  }
  const asked = values.account !== undefined || values.projectid !== undefined
  if (asked && (await findSecurityGroup(trx, id))?.account !== account)
    throw new SysvmError('SYSVM_API_PARAMETER', `Parameter ${parameters[0]}: the group is not of that account.`)
  return id
}

/** A group as it is answered; `only`: with none but these of its rules. */
export const answerGroup = async (db: Kysely<Database>, id: string, only?: readonly string[]) => {
  const group = await findSecurityGroup(db, id)
  if (group === undefined) return undefined
  const rules = await rulesOfGroups(db, [id])
  const shown = only === undefined ? rules : rules.filter((rule) => only.includes(rule.id))
  return presentSecurityGroup(await ownersIn(db, [group]), shown)(group)
}
