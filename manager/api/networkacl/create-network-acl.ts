import { randomUUID } from 'node:crypto'
import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { insertAclItem, nextAclNumber, refuseNumber } from '../../model/acl.ts'
import { findNetwork } from '../../model/network.ts'
import type { Database } from '../../model/schema.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { shapeOf } from '../firewall/parameters.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { itemResult, lockOwnList, startItemJob } from './job.ts'
import { anywhere, item, protocol } from './parameters.ts'
import { aclItemResponse } from './response.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** The list that was named, or the one of the tier that was. */
const listOf = async (
  trx: Transaction<Database>,
  aclid: string | undefined,
  networkid: string | undefined,
): Promise<{ readonly id: string; readonly parameter: string }> => {
  const network =
    networkid === undefined ? undefined : found(await findNetwork(trx, networkid), 'networkid', 'network', networkid)
  if (aclid !== undefined) return { id: aclid, parameter: 'aclid' }
  if (network === undefined) throw bad('createNetworkACL needs aclid or networkid: give one.')
  if (network.acl === null) throw bad(`Parameter networkid: ${network.name} is no tier of a VPC and has no ACL.`)
  return { id: network.acl, parameter: 'networkid' }
}

export const createNetworkACL = defineCommand({
  name: 'createNetworkACL',
  authorized: everyone,
  description: 'Adds an item to a list: allows or denies what goes to or comes from guests of the tiers that have it.',
  params: {
    protocol: p.required(protocol('tcp, udp, icmp, all, or the number of a protocol.')),
    aclid: p.uuid('The list; needed without networkid.'),
    networkid: p.uuid('A tier, whose list it is.'),
    ...item,
    fordisplay: p.only('Whether it is shown.', true),
  },
  answer: 'job',
  response: aclItemResponse,
  result: itemResult,
  run: (context, given) => {
    const shape = shapeOf(given)
    return write(context, async (trx) => {
      const { id: listId, parameter } = await listOf(trx, given.aclid, given.networkid)
      const list = await lockOwnList(trx, listId, parameter)
      const id = randomUUID()
      const number = given.number ?? (await nextAclNumber(trx, list.id))
      await refuseNumber(trx, { id, list: list.id, number })
      await insertAclItem(trx, {
        id,
        list: list.id,
        number,
        action: given.action ?? 'Allow',
        traffictype: given.traffictype ?? 'Ingress',
        protocol: given.protocol,
        ...shape,
        cidrlist: given.cidrlist ?? [...anywhere],
        reason: given.reason ?? null,
      })
      return startItemJob(context, trx, 'createNetworkACL', list, id)
    })
  },
})
