import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import type { Database } from '../../model/database.ts'
import { newestSystemImage, outdatedRouters, updateRouterRow } from '../../model/router.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'
import { write } from '../write.ts'

const tables = { id: 'router', zoneid: 'zone', podid: 'pod', clusterid: 'cluster', domainid: 'domain' } as const

/** What it is asked about must be there. */
const checkNamed = async (
  trx: Transaction<Database>,
  named: Readonly<Record<keyof typeof tables, string | undefined>>,
): Promise<void> => {
  for (const [parameter, id] of Object.entries(named)) {
    if (id === undefined) continue
    const table = tables[parameter as keyof typeof tables]
    found(await trx.selectFrom(table).select('id').where('id', '=', id).executeTakeFirst(), parameter, table, id)
  }
}

export const upgradeRouterTemplate = defineCommand({
  name: 'upgradeRouterTemplate',
  authorized: admins,
  description:
    'Replaces routers of an older image by ones of the newest, one job each; of two one after the other. The one router of a network or VPC is replaced by another, with another id, which takes over all connections. Where the new image does not come up, what was there serves on.',
  subject: 'router',
  params: {
    id: p.uuid('Only this router.'),
    zoneid: p.uuid('All routers of this zone.'),
    podid: p.uuid('All routers on hosts of this pod.'),
    clusterid: p.uuid('All routers on hosts of this cluster.'),
    domainid: p.uuid('All routers of this domain; with account: of that account.'),
    account: p.text('All routers of this account.'),
  },
  answer: 'list',
  response: defineResponse('asyncjobs', { jobid: ['string', 'The job of one router.'] }),
  run: (context, params) => {
    const { id, zoneid, podid, clusterid, domainid, account } = params
    if ([id, zoneid, podid, clusterid, domainid, account].every((given) => given === undefined))
      throw new SysvmError(
        'SYSVM_API_PARAMETER',
        'upgradeRouterTemplate needs to know which routers: give id, zoneid, podid, clusterid, domainid or account.',
      )
    const named = { id, zoneid, podid, clusterid, domainid }
    return write(context, async (trx) => {
      await checkNamed(trx, named)
      const newest = await newestSystemImage(trx).executeTakeFirst()
      if (newest === undefined)
        throw new SysvmError('SYSVM_RESOURCE_STATE', 'There is no system VM image that checks out: build one first.')
      const place = { id, zone: zoneid, pod: podid, cluster: clusterid, domain: domainid, account }
      const items: { jobid: string }[] = []
      for (const router of await outdatedRouters(trx, newest.image, place)) {
        const revision = (await updateRouterRow(trx, router, { next_image: newest.image, may_pause: false })) ?? 0
        const target = { kind: 'router', id: router } as const
        const job = { cmd: 'upgradeRouterTemplate', target, revision, instancetype: 'DomainRouter' }
        items.push({ jobid: await context.jobs.startJob(trx, job) })
      }
      return { count: items.length, items }
    })
  },
})
