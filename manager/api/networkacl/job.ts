import { SysvmError } from '@sysvm/errors'
import type { Selectable, Transaction } from 'kysely'
import { findAclItem, findAclList, lockAclList, reviseAclList } from '../../model/acl.ts'
import type { NetworkAclListTable, NetworkAclTable } from '../../model/schema/acl.ts'
import type { Database } from '../../model/schema.ts'
import type { Context } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import { startVpcJob } from '../vpc/job.ts'
import { presentAclItem, presentAclList } from './response.ts'

type List = Selectable<NetworkAclListTable>

/** A list that is a VPC's own, held until the transaction ends; the default ones stay as they are. */
export const lockOwnList = async (trx: Transaction<Database>, id: string, parameter: string): Promise<List> => {
  const list = found(await lockAclList(trx, id), parameter, 'network ACL list', id)
  if (list.isdefault)
    throw new SysvmError(
      'SYSVM_API_PARAMETER',
      `Parameter ${parameter}: ${list.name} is a default list, which nobody changes: make a list with createNetworkACLList.`,
    )
  return list
}

/** The item, with its list held: items of one list change one after the other. */
export const lockItem = async (
  trx: Transaction<Database>,
  id: string,
): Promise<{ readonly list: List; readonly item: Selectable<NetworkAclTable> }> => {
  const byId = trx.selectFrom('network_acl').selectAll().where('id', '=', id)
  const { list: listId } = found(await byId.executeTakeFirst(), 'id', 'network ACL item', id)
  const list = await lockOwnList(trx, listId, 'id')
  // Read again: until the list was held it may have been changed or deleted.
  return { list, item: found(await byId.executeTakeFirst(), 'id', 'network ACL item', id) }
}

/** The job of a change to an item: done when all routers hold it, and at once where nothing uses the list. */
export const startItemJob = async (
  context: Context,
  trx: Transaction<Database>,
  cmd: string,
  list: List,
  item: string,
): Promise<{ readonly jobid: string; readonly id: string }> => {
  const revision = await reviseAclList(trx, list)
  const made = { instance: item, instancetype: 'NetworkACLItem' }
  if (revision === undefined || list.vpc === null)
    return { jobid: await doneJob(trx, cmd, made.instancetype, item), id: item }
  const { jobid } = await startVpcJob(context, trx, cmd, list.vpc, revision, made)
  return { jobid, id: item }
}

export const itemResult = async ({ db }: Context, id: string) => {
  const row = await findAclItem(db, id)
  return row && presentAclItem(row)
}

export const listResult = async ({ db }: Context, id: string) => {
  const row = await findAclList(db, id)
  return row && presentAclList(row)
}
