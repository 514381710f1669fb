import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate, openCluster, openDatabase, stopCluster } from '@sysvm/manager/model'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freshDatabase, makeCloud } from '../simulator/cloud.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { until } from './until.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mgr-pg-'))
  await chmod(folder, 0o711)
})
afterEach(async () => {
  await stopCluster(join(folder, 'd'))
  await rm(folder, { recursive: true, force: true })
})

const pidOf = async (): Promise<number> =>
  Number((await readFile(join(folder, 'd', 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0])

describe('the private cluster', () => {
  it('listens on a socket that nobody else can reach, and on nothing else', async () => {
    const cluster = await openCluster(join(folder, 'd'))
    const db = openDatabase(cluster.url, { connections: 1 })
    const { rows } = await sql<{ listen: string; fsync: string }>`
      select current_setting('listen_addresses') as listen, current_setting('fsync') as fsync`.execute(db)
    await db.destroy()
    expect(rows).toEqual([{ listen: '', fsync: 'on' }])
    expect((await stat(join(folder, 'd', 'socket'))).mode & 0o777).toBe(0o700)
    expect((await stat(join(folder, 'd', 'postgres'))).mode & 0o777).toBe(0o700)
  })

  it('is adopted while it runs, and started when it does not', async () => {
    const first = await openCluster(join(folder, 'd'))
    const pid = await pidOf()
    const second = await openCluster(join(folder, 'd'))
    expect([first.adopted, second.adopted, await pidOf()]).toEqual([false, true, pid])
    await second.stop()
    const third = await openCluster(join(folder, 'd'))
    expect(third.adopted).toBe(false)
  })

  it('recovers what was acknowledged before its own death', async () => {
    const cluster = await openCluster(join(folder, 'd'))
    const db = openDatabase(cluster.url, { connections: 1 })
    await migrate(db)
    await db.insertInto('configuration').values({ name: 'kept', value: 'yes' }).execute()
    process.kill(await pidOf(), 'SIGKILL')
    await until('its sessions are cut', async () =>
      sql`select 1`.execute(db).then(
        () => false,
        () => true,
      ),
    )
    await db.destroy().catch(() => {})
    const again = openDatabase((await openCluster(join(folder, 'd'))).url, { connections: 1 })
    expect(await again.selectFrom('configuration').selectAll().execute()).toEqual([{ name: 'kept', value: 'yes' }])
    await again.destroy()
  })

  it('says so when its path is too long for a socket', async () => {
    await expect(openCluster(join(folder, 'x'.repeat(100)))).rejects.toMatchObject({ code: 'SYSVM_POSTGRES' })
  })

  it('is migrated once by managers that start together', async () => {
    const cluster = await openCluster(join(folder, 'd'))
    const managers = [1, 2, 3].map(() => openDatabase(cluster.url, { connections: 2 }))
    await Promise.all(managers.map(migrate))
    await Promise.all(managers.map((db) => db.destroy()))
  })
})

describe('the schema refuses', () => {
  let lab: Awaited<ReturnType<typeof openTestCluster>>
  beforeAll(async () => {
    lab = await openTestCluster()
  })
  afterAll(() => lab.remove())

  it.each([
    ['two networks of one identifier', `update network set vni = 5001`],
    ['a public address half given back', `update public_ip set network = null where network is not null`],
    ['an address without an owner in use', `delete from network where name = 'a'`],
    [
      'two source addresses of one network',
      `update public_ip set is_source_nat = true, allocated = now(), network = (select id from network where name = 'a')`,
    ],
    ['a control address that others need', `update router set linklocal = '169.254.169.254'`],
    [
      'overlapping public ranges',
      `insert into vlan_range (zone, physical_network, vlan, gateway, netmask, startip, endip) select zone, physical_network, vlan, gateway, netmask, endip, endip from vlan_range`,
    ],
    [
      'a job that ends without an end',
      `insert into async_job (cmd, target_kind, target, revision, jobstatus) values ('x', 'none', gen_random_uuid(), 1, 1)`,
    ],
    [
      'a second router of a network',
      `insert into router (zone, network, linklocal, host_key_private, host_key_public) select zone, network, '169.254.7.7', '', '' from router`,
    ],
    [
      'one address for two nics',
      `insert into nic (router, network, role, device, address) select id, network, 'guest', generate_series(8, 9), '10.1.1.9' from router`,
    ],
  ])('%s', async (_, statement) => {
    const { db, drop } = await freshDatabase(lab.cluster.url)
    try {
      const cloud = await makeCloud(db)
      const offering = await db.selectFrom('network_offering').select('id').executeTakeFirstOrThrow()
      for (const name of ['a', 'b'])
        await db
          .insertInto('network')
          .values({
            name,
            displaytext: '',
            zone: cloud.zone,
            physical_network: cloud.physicalNetwork,
            offering: offering.id,
            cidr: '10.1.1.0/24',
            gateway: '10.1.1.1',
            networkdomain: 'x',
          })
          .execute()
      await sql`update public_ip set network = (select id from network where name = 'a'), allocated = now(), is_source_nat = true
        where id = (select id from public_ip limit 1)`.execute(db)
      await sql`insert into router (zone, network, linklocal, host_key_private, host_key_public)
        select zone, id, '169.254.1.1', '', '' from network where name = 'a'`.execute(db)
      await expect(sql.raw(statement).execute(db)).rejects.toThrow(/violates/)
    } finally {
      await drop()
    }
  })
})
