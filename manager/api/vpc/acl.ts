import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import type { Database } from '../../model/schema.ts'
import { found } from '../found.ts'

/** The list asked for, which must be the VPC's own or a default one; without one the default list of this name. */
export const aclFor = async (
  trx: Transaction<Database>,
  vpc: string,
  asked: string | undefined,
  fallback: 'default_allow' | 'default_deny',
): Promise<string> => {
  const lists = trx.selectFrom('network_acl_list').select(['id', 'vpc', 'name'])
  if (asked === undefined) {
    const { id } = await lists.where('vpc', 'is', null).where('name', '=', fallback).executeTakeFirstOrThrow()
    return id
  }
  const list = found(await lists.where('id', '=', asked).executeTakeFirst(), 'aclid', 'network ACL list', asked)
  if (list.vpc !== null && list.vpc !== vpc)
    throw new SysvmError(
      'SYSVM_API_PARAMETER',
      `Parameter aclid: list ${list.name} is another VPC's: choose one of this.`,
    )
  return list.id
}
