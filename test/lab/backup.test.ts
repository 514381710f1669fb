import { copyFile, mkdtemp, readdir, readFile, rm, stat, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backUp, restore } from '@sysvm/manager/backup'
import { checkKeys } from '@sysvm/manager/managers/keys'
import { join as joinManagers } from '@sysvm/manager/managers/member'
import { type Database, openDatabase } from '@sysvm/manager/model'
import { openKeys, seal, unseal } from '@sysvm/manager/orchestration/keys/index'
import { type Kysely, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshDatabase, makeCloud } from '../simulator/cloud.ts'
import { openTestCluster, silent } from '../simulator/manager.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

const CONTEXT = 'router/test'
const zoneNames = async (db: Kysely<Database>) =>
  (await db.selectFrom('zone').select('name').execute()).map(({ name }) => name)
const epochOf = async (db: Kysely<Database>) =>
  Number((await db.selectFrom('fence').select('epoch').executeTakeFirstOrThrow()).epoch)

/** A cloud in a database of its own, with the keys of its manager and a secret sealed with them. */
const scene = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'backup-'))
  const { url, db, drop } = await freshDatabase(lab.cluster.url)
  const keys = await openKeys(folder)
  await makeCloud(db)
  await checkKeys(db, keys.sealKey)
  await db
    .insertInto('configuration')
    .values({ name: 'secret', value: seal(keys.sealKey, CONTEXT, 'tell nobody') })
    .execute()
  return {
    folder,
    url,
    db,
    keys,
    place: { folder, databaseUrl: url },
    file: join(folder, 'cloud.backup'),
    [Symbol.asyncDispose]: async () => {
      await drop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

describe('a backup', () => {
  it('is one file that only its owner reads, and leaves nothing else', async () => {
    await using stage = await scene()
    const before = await readdir(stage.folder)
    await backUp(stage.place, stage.file)
    expect((await stat(stage.file)).mode & 0o777).toBe(0o600)
    expect((await readdir(stage.folder)).sort()).toEqual([...before, 'cloud.backup'].sort())
    await expect(backUp(stage.place, stage.file)).rejects.toMatchObject({ code: 'SYSVM_BACKUP' })
  })

  it('brings the whole state back, keys and all, in the place of what came since', async () => {
    await using stage = await scene()
    const { db, place, file, folder } = stage
    const tables = await sql<{ name: string }>`select relname as name from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'v') order by 1`.execute(db)
    await backUp(place, file)
    await db.updateTable('zone').set({ name: 'later' }).execute()
    await db.deleteFrom('template').execute()
    await rm(join(folder, 'keys'), { recursive: true })
    await openKeys(folder)
    await expect(restore(place, file)).rejects.toMatchObject({ code: 'SYSVM_BACKUP' })
    expect(await zoneNames(db)).toEqual(['later'])
    await restore(place, file, { replace: true })
    expect(await zoneNames(db)).toEqual(['z1'])
    expect(await db.selectFrom('template').select('name').orderBy('name').execute()).toHaveLength(2)
    const after = await sql<{ name: string }>`select relname as name from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'v') order by 1`.execute(db)
    expect(after.rows).toEqual(tables.rows)
    const { sealKey } = await openKeys(folder)
    await checkKeys(db, sealKey)
    const { value } = await db
      .selectFrom('configuration')
      .select('value')
      .where('name', '=', 'secret')
      .executeTakeFirstOrThrow()
    expect(unseal(sealKey, CONTEXT, value)).toBe('tell nobody')
    // The keys that were there meanwhile are beside them.
    expect((await readdir(folder)).filter((name) => name.startsWith('keys.'))).toHaveLength(1)
  })

  it('is restored into an empty database too, where hosts then obey no epoch of before', async () => {
    await using stage = await scene()
    const { db, place, file } = stage
    await backUp(place, file)
    const before = await epochOf(db)
    const admin = openDatabase(lab.cluster.url, { connections: 1 })
    const name = `empty_${Math.random().toString(36).slice(2)}`
    const url = Object.assign(new URL(stage.url), { pathname: name }).href
    try {
      await sql`create database ${sql.id(name)}`.execute(admin)
      await restore({ ...place, databaseUrl: url }, file)
      const empty = openDatabase(url, { connections: 1 })
      expect(await zoneNames(empty)).toEqual(['z1'])
      expect(await epochOf(empty)).toBeGreaterThan(before)
      await empty.destroy()
    } finally {
      await sql`drop database if exists ${sql.id(name)} with (force)`.execute(admin)
      await admin.destroy()
    }
  })

  it('is not restored while a manager lives', async () => {
    await using stage = await scene()
    const { db, url, place, file } = stage
    await backUp(place, file)
    await db.updateTable('zone').set({ name: 'later' }).execute()
    const self = { id: '8a4d3f0e-0000-4000-8000-000000000001', name: 'one', version: '1' }
    const member = await joinManagers({ url, self, log: silent, onTakeover: () => {} })
    try {
      await expect(restore(place, file, { replace: true })).rejects.toThrow(/^A manager runs on this database: one/)
    } finally {
      await member.leave()
    }
    expect(await zoneNames(db)).toEqual(['later'])
    await restore(place, file, { replace: true })
    expect(await zoneNames(db)).toEqual(['z1'])
  })

  it('is refused when it is none, was cut, or a newer release made it; nothing changes then', async () => {
    await using stage = await scene()
    const { db, place, file, folder } = stage
    await sql`insert into kysely_migration (name, timestamp) values ('9999-future', 'now')`.execute(db)
    await backUp(place, file)
    await expect(restore(place, file, { replace: true })).rejects.toThrow(
      'made by a newer release than this one: 9999-future',
    )
    await sql`delete from kysely_migration where name = '9999-future'`.execute(db)
    const whole = join(folder, 'whole.backup')
    await backUp(place, whole)
    const cut = join(folder, 'cut.backup')
    await copyFile(whole, cut)
    await truncate(cut, (await stat(whole)).size / 2)
    await db.updateTable('zone').set({ name: 'later' }).execute()
    await expect(restore(place, cut, { replace: true })).rejects.toMatchObject({ code: 'SYSVM_BACKUP' })
    await expect(restore(place, join(folder, 'keys', 'seal.key'), { replace: true })).rejects.toMatchObject({
      code: 'SYSVM_BACKUP',
    })
    expect(await zoneNames(db)).toEqual(['later'])
    expect(await readFile(join(folder, 'keys', 'seal.key'), 'utf8')).toContain(stage.keys.sealKey.toString('base64'))
  })
})

describe('a manager', () => {
  it('does not start with other keys than the ones the secrets are sealed with', async () => {
    await using stage = await scene()
    await expect(checkKeys(stage.db, Buffer.alloc(32, 7))).rejects.toMatchObject({ code: 'SYSVM_KEYS' })
  })
})
