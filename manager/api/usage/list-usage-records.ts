import { SysvmError } from '@sysvm/errors'
import { findAccount } from '../../model/account.ts'
import { tagsOf } from '../../model/tag.ts'
import { findUsage, type UsageRecord } from '../../model/usage/find.ts'
import { everyone } from '../authorized.ts'
import { type Context, defineCommand } from '../command.ts'
import { untilOf } from '../event/until.ts'
import { found } from '../found.ts'
import { ownerFilter, ownersIn, ownersOf } from '../owner.ts'
import { listed, pageOf, paging } from '../paging.ts'
import * as p from '../parameter.ts'
import { presentTag } from '../tags.ts'
import { presentUsage, usageResponse } from './response.ts'

interface Whose {
  readonly account?: string | undefined
  readonly accountid?: string | undefined
  readonly domainid?: string | undefined
  readonly projectid?: string | undefined
  readonly isrecursive?: boolean | undefined
}

/** An account by its id or name, a domain's, a project's; else all that the caller may see. */
const accountsOf = async (context: Context, { accountid, ...values }: Whose) => {
  if (accountid === undefined) return ownersOf(context, { ...values, listall: true })
  if (values.account !== undefined)
    throw new SysvmError('SYSVM_API_PARAMETER', 'Parameters account and accountid exclude each other: give one.')
  return [found(await findAccount(context.db, accountid), 'accountid', 'account', accountid).id]
}

export const listUsageRecords = defineCommand({
  name: 'listUsageRecords',
  authorized: everyone,
  description: 'Lists what was used in the periods that begin between two dates.',
  params: {
    startdate: p.required(p.date('Only periods that begin then or later.')),
    enddate: p.required(p.date('Only periods that begin by then; a date alone means the whole day.')),
    accountid: p.uuid('Only of this account.'),
    account: ownerFilter.account,
    domainid: ownerFilter.domainid,
    projectid: ownerFilter.projectid,
    isrecursive: ownerFilter.isrecursive,
    type: p.integer('Only of this type; listUsageTypes names all.', 0, 255),
    usageid: p.idText('Only of the thing of this id; needs type.'),
    includetags: p.boolean('Show the tags that the things have now, where they belong to the same account still.'),
    oldformat: p.boolean('Accepted for clients that send it; descriptions have one form.'),
    keyword: p.text("Part of the thing's name."),
    ...paging,
  },
  answer: 'list',
  response: usageResponse,
  run: async (context, params) => {
    const { db } = context
    if (params.usageid !== undefined && params.type === undefined)
      throw new SysvmError('SYSVM_API_PARAMETER', 'Parameter usageid: say what it is by type.')
    if (params.startdate > params.enddate)
      throw new SysvmError('SYSVM_API_PARAMETER', 'Parameter enddate: it is before startdate.')
    const filter = {
      from: params.startdate,
      until: untilOf(params.enddate) ?? params.enddate,
      accounts: await accountsOf(context, params),
      type: params.type,
      resource: params.usageid,
      keyword: params.keyword,
    }
    const records = await findUsage(db, filter, pageOf(params))
    const owners = await ownersIn(db, records.rows)
    const tags = params.includetags ? await tagsOf(db, [...new Set(records.rows.map(({ resource }) => resource))]) : []
    const byThing = Map.groupBy(tags, ({ resource }) => resource)
    // Of an address that is another's by now, the tags are not for whoever had it then.
    const tagsFor = ({ resource, account }: UsageRecord) =>
      (byThing.get(resource) ?? []).filter((tag) => tag.account === account)
    return listed(records, (row) => ({
      ...presentUsage(row),
      ...owners(row.account),
      ...(params.includetags && {
        tags: tagsFor(row).map((tag) => presentTag(tag, owners(tag.account))),
      }),
    }))
  },
})
