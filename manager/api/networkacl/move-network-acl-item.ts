import { SysvmError } from '@sysvm/errors'
import { itemsOfAclLists, updateAclItemRow } from '../../model/acl.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { itemResult, lockItem, startItemJob } from './job.ts'
import { consistencyHash, move } from './order.ts'
import { aclItemResponse } from './response.ts'

/** CloudStack's type of these ids is a string. */
const id = (description: string): p.Parameter<string, false> => ({ ...p.uuid(description), type: 'string' })

export const moveNetworkAclItem = defineCommand({
  name: 'moveNetworkAclItem',
  authorized: everyone,
  description: 'Moves an item within its list.',
  params: {
    id: p.required(id('The item.')),
    previousaclruleid: id('The item it shall follow; without nextaclruleid whatever follows that.'),
    nextaclruleid: id('The item it shall precede.'),
    aclconsistencyhash: p.text(
      "MD5 of the list's item ids in their order: refused when the list is not so any more.",
      32,
    ),
  },
  unsupported: ['customid'],
  answer: 'job',
  response: aclItemResponse,
  result: itemResult,
  run: (context, given) =>
    write(context, async (trx) => {
      const { list, item } = await lockItem(trx, given.id)
      const items = await itemsOfAclLists(trx, [list.id])
      if (given.aclconsistencyhash && given.aclconsistencyhash.toLowerCase() !== consistencyHash(items))
        throw new SysvmError(
          'SYSVM_API_PARAMETER',
          `Parameter aclconsistencyhash: list ${list.name} has changed since: list its items again.`,
        )
      for (const { id: moved, number } of move(items, item.id, given.previousaclruleid, given.nextaclruleid))
        await updateAclItemRow(trx, moved, { number })
      return startItemJob(context, trx, 'moveNetworkAclItem', list, item.id)
    }),
})
