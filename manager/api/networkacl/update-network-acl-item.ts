import type { Selectable } from 'kysely'
import { refuseNumber, updateAclItemRow } from '../../model/acl.ts'
import type { NetworkAclTable } from '../../model/schema/acl.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { shapeOf } from '../firewall/parameters.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { itemResult, lockItem, startItemJob } from './job.ts'
import { anywhere, item, protocol } from './parameters.ts'
import { aclItemResponse } from './response.ts'

const params = {
  id: p.required(p.uuid('The item.')),
  protocol: protocol('tcp, udp, icmp, all, or a number; another one makes ports and types be given anew.'),
  ...item,
  partialupgrade: p.boolean('False: what is not given becomes the default. Default true: it stays.'),
  fordisplay: p.only('Whether it is shown.', true),
}

type Given = p.Values<typeof params>
type Item = Selectable<NetworkAclTable>

/** What stays of ports and types: nothing of another protocol, no end of another beginning. */
const shape = (old: Item, given: Given, keep: boolean) => {
  const protocolNow = given.protocol ?? old.protocol
  const same = keep && protocolNow === old.protocol
  const kept = (value: number | null, unless: number | undefined): number | undefined =>
    same && unless === undefined && value !== null ? value : undefined
  return shapeOf({
    protocol: protocolNow,
    startport: given.startport ?? kept(old.startport, undefined),
    endport: given.endport ?? kept(old.endport, given.startport),
    icmptype: given.icmptype ?? kept(old.icmptype, undefined),
    icmpcode: given.icmpcode ?? kept(old.icmpcode, given.icmptype),
  })
}

const changed = (old: Item, given: Given) => {
  const keep = given.partialupgrade ?? true
  const base = keep ? old : { ...old, action: 'Allow' as const, traffictype: 'Ingress' as const, reason: null }
  return {
    protocol: given.protocol ?? old.protocol,
    ...shape(old, given, keep),
    action: given.action ?? base.action,
    traffictype: given.traffictype ?? base.traffictype,
    // Its place is no default's business: an item always has one.
    number: given.number ?? old.number,
    cidrlist: given.cidrlist ?? (keep ? old.cidrlist : [...anywhere]),
    reason: given.reason ?? base.reason,
  }
}

export const updateNetworkACLItem = defineCommand({
  name: 'updateNetworkACLItem',
  authorized: everyone,
  description: 'Changes an item of a list; connections that are no longer allowed end.',
  params,
  unsupported: ['customid'],
  answer: 'job',
  response: aclItemResponse,
  result: itemResult,
  run: (context, given) =>
    write(context, async (trx) => {
      const { list, item: old } = await lockItem(trx, given.id)
      const values = changed(old, given)
      await refuseNumber(trx, { id: old.id, list: list.id, number: values.number })
      await updateAclItemRow(trx, old.id, values)
      return startItemJob(context, trx, 'updateNetworkACLItem', list, old.id)
    }),
})
