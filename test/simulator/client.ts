import type { Jobs } from '@sysvm/manager/jobs'
import type { Database } from '@sysvm/manager/model'
import { type Kysely, sql } from 'kysely'
import { until } from '../lab/until.ts'
import type { Cloud } from './cloud.ts'

/** The writes that API commands make, without the API. */
export const createClient = (db: Kysely<Database>, jobs: Jobs, cloud: Cloud) => ({
  createNetwork: async (
    name: string,
    cidr = '10.1.1.0/24',
    gateway = '10.1.1.1',
    vpc: string | null = null,
  ): Promise<string> => {
    const offering = await db
      .selectFrom('network_offering')
      .select('id')
      .where('name', '=', 'isolated')
      .executeTakeFirstOrThrow()
    const { id } = await db
      .insertInto('network')
      .values({
        zone: cloud.zone,
        physical_network: cloud.physicalNetwork,
        offering: offering.id,
        name,
        displaytext: name,
        cidr,
        gateway,
        vpc,
        networkdomain: 'cs1.internal',
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    return id
  },
  createVpc: (name: string) =>
    db.transaction().execute(async (trx) => {
      const offering = await trx
        .insertInto('vpc_offering')
        .values({ name, displaytext: '', services: JSON.stringify({ SourceNat: ['VirtualRouter'] }) })
        .returning('id')
        .executeTakeFirstOrThrow()
      const { id } = await trx
        .insertInto('vpc')
        .values({
          zone: cloud.zone,
          offering: offering.id,
          name,
          displaytext: name,
          cidr: '10.0.0.0/16',
          networkdomain: 'v',
        })
        .returning('id')
        .executeTakeFirstOrThrow()
      const target = { kind: 'vpc', id } as const
      return { id, job: await jobs.startJob(trx, { cmd: 'createVPC', target, revision: 1, instancetype: 'Vpc' }) }
    }),
  deploy: (name: string, network: string, address: string | null = null) =>
    db.transaction().execute(async (trx) => {
      const offering = await trx
        .selectFrom('service_offering')
        .select('id')
        .where('issystem', '=', false)
        .executeTakeFirstOrThrow()
      const template = await trx
        .selectFrom('template')
        .select('id')
        .where('kind', '=', 'guest')
        .executeTakeFirstOrThrow()
      const guest = await trx
        .insertInto('guest')
        .values({ name, displayname: name, zone: cloud.zone, offering: offering.id, template: template.id })
        .returning('id')
        .executeTakeFirstOrThrow()
      await trx.insertInto('nic').values({ guest: guest.id, network, role: 'guest', device: 0, address }).execute()
      const target = { kind: 'guest', id: guest.id } as const
      const job = await jobs.startJob(trx, {
        cmd: 'deployVirtualMachine',
        target,
        revision: 1,
        instancetype: 'VirtualMachine',
      })
      return { id: guest.id, job }
    }),
  change: (kind: 'guest' | 'network' | 'router' | 'vpc', id: string, set: Record<string, unknown>, cmd = 'change') =>
    db.transaction().execute(async (trx) => {
      await sql`update ${sql.table(kind)} set ${sql.join(
        Object.entries(set).map(([column, value]) => sql`${sql.ref(column)} = ${value}`),
      )} where id = ${id}`.execute(trx)
      return jobs.startJob(trx, { cmd, target: { kind, id }, revision: 0, instancetype: kind })
    }),
  /** A change that the router must learn. */
  touch: (network: string) =>
    db.transaction().execute(async (trx) => {
      await trx.updateTable('network').set({ revision: sql`revision + 1` }).where('id', '=', network).execute()
      await jobs.wake(trx, 'network', network)
    }),
  ended: (job: string, timeoutMs = 20_000) =>
    until(
      `job ${job} ended`,
      async () => {
        const row = await db.selectFrom('async_job').selectAll().where('id', '=', job).executeTakeFirstOrThrow()
        return row.jobstatus === 0 ? undefined : row
      },
      { timeoutMs },
    ),
})
