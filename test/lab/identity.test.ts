import { request } from 'node:http'
import { ADMIN_USER, standardRoles } from '@sysvm/manager/model/identity'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Body, type Call, startApi } from '../simulator/api.ts'
import { openCloudPort, openedSession, openSeal, signedCaller, tryLogin } from '../simulator/cloud-port.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { behind } from './behind.ts'
import { until } from './until.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
let cloud: Awaited<ReturnType<typeof open>>
beforeAll(async () => {
  lab = await openTestCluster()
  cloud = await open()
})
beforeEach(async () => {
  await cloud.db.deleteFrom('login_attempt').execute()
  await cloud.db.deleteFrom('session').execute()
  await cloud.db.deleteFrom('configuration').execute()
})
afterAll(async () => {
  await cloud?.[Symbol.asyncDispose]()
  await lab?.remove()
})

/** The integration port and the cloud port of one database. */
const open = async () => {
  const cloud = await startApi(lab.cluster, openSeal)
  const port = await openCloudPort({ db: cloud.db, jobs: cloud.jobs, ...openSeal })
  return {
    ...cloud,
    base: port.base,
    [Symbol.asyncDispose]: async () => {
      await port[Symbol.asyncDispose]()
      await cloud[Symbol.asyncDispose]()
    },
  }
}

const made = async (call: Call, command: string, params: Record<string, string>, object: string): Promise<Body> => {
  const { status, body } = await call(command, params)
  expect({ command, status, body }).toMatchObject({ status: 200, body: { [object]: expect.anything() } })
  return body[object] as Body
}

const PASSWORD = 'correct horse'
const person = (username: string) => ({
  username,
  firstname: 'A',
  lastname: 'B',
  email: 'a@example.net',
  password: PASSWORD,
})

const account = async (call: Call, username: string, params: Record<string, string> = {}) => {
  const row = await made(call, 'createAccount', { ...person(username), ...params }, 'account')
  const [user] = row.user as Body[]
  return { id: String(row.id), userid: String(user?.id), domainid: String(row.domainid) }
}

const keysOf = async (call: Call, id: string) => {
  const keys = await made(call, 'registerUserKeys', { id }, 'userkeys')
  return { apikey: String(keys.apikey), secretkey: String(keys.secretkey) }
}

const names = (body: Body, list: string, field = 'name') => ((body[list] ?? []) as Body[]).map((one) => one[field])

/** Of a login that comes from another address of this machine. */
const statusFrom = (localAddress: string, form: Readonly<Record<string, string>>): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const sent = request(`${cloud.base}/client/api`, { method: 'POST', localAddress, headers }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
    sent.once('error', reject)
    sent.end(new URLSearchParams({ command: 'login', ...form }).toString())
  })

describe('the cloud port', () => {
  it('knows nobody at first, and no command either', async () => {
    for (const query of ['command=listZones', 'command=nosuch', 'command=listZones&apikey=x&signature=y', '']) {
      const response = await fetch(`${cloud.base}/client/api?response=json&${query}`)
      const body = Object.entries((await response.json()) as Record<string, Body>)
      const root = query.startsWith('command=listZones') ? 'listzonesresponse' : 'errorresponse'
      expect([response.status, body]).toEqual([
        401,
        [
          [
            root,
            {
              uuidList: [],
              errorcode: 401,
              cserrorcode: 9999,
              errortext: expect.stringMatching(/^Unable to verify user credentials/),
            },
          ],
        ],
      ])
    }
    expect((await fetch(`${cloud.base}/other?command=listZones`)).status).toBe(404)
    expect(await tryLogin(cloud.base, { username: 'admin', password: 'password' })).toMatchObject({
      status: 531,
      root: 'loginresponse',
    })
    expect(await tryLogin(cloud.base, { username: 'admin', password: '' })).toMatchObject({ status: 431 })
  })

  it('takes keys that the integration port made, until others are made', async () => {
    const keys = await keysOf(cloud.call, ADMIN_USER)
    const call = signedCaller(cloud.base, keys)
    expect(await call('listZones')).toEqual({ status: 200, root: 'listzonesresponse', body: {} })
    expect(await call('nosuch')).toMatchObject({ status: 432, root: 'errorresponse' })
    expect(await call('listUsers')).toMatchObject({
      body: { count: 1, user: [{ username: 'admin', apikey: keys.apikey }] },
    })
    expect(JSON.stringify(await call('listUsers'))).not.toContain(keys.secretkey)
    expect(await made(call, 'getUserKeys', { id: ADMIN_USER }, 'userkeys')).toMatchObject(keys)
    const row = await cloud.db
      .selectFrom('cloud_user')
      .selectAll()
      .where('id', '=', ADMIN_USER)
      .executeTakeFirstOrThrow()
    expect(JSON.stringify(row)).not.toContain(keys.secretkey)

    const late = { signatureVersion: '3', expires: '2020-01-01T00:00:00+0000' }
    expect(await call('listZones', late)).toMatchObject({
      status: 401,
      body: { errortext: expect.stringContaining('expired') },
    })
    const soon = { signatureVersion: '3', expires: `${new Date(Date.now() + 600_000).toISOString().slice(0, 19)}+0000` }
    expect(await call('listZones', soon)).toMatchObject({ status: 200 })

    const other = await keysOf(call, ADMIN_USER)
    expect(await call('listZones')).toMatchObject({ status: 401 })
    expect(await signedCaller(cloud.base, { ...other, secretkey: keys.secretkey })('listZones')).toMatchObject({
      status: 401,
    })
    expect(await signedCaller(cloud.base, other)('listZones')).toMatchObject({ status: 200 })
  })

  it('opens sessions by a password, which need cookie and key, and end', async () => {
    const domain = await made(cloud.call, 'createDomain', { name: 'Trade' }, 'domain')
    const { userid } = await account(cloud.call, 'sam', { domainid: String(domain.id) })
    const session = await openedSession(cloud.base, { username: 'sam', password: PASSWORD, domain: '/trade/' })
    expect(session.body).toEqual({
      username: 'sam',
      userid,
      domainid: domain.id,
      timeout: 1800,
      account: 'sam',
      firstname: 'A',
      lastname: 'B',
      type: '0',
      registered: 'false',
      sessionkey: expect.stringMatching(/^[\w-]{43}$/),
      is2faenabled: 'false',
      is2faverified: 'false',
    })
    expect(session.cookies).toEqual([
      expect.stringMatching(/^JSESSIONID=[\w-]{43}; Path=\/client; HttpOnly; SameSite=Strict$/),
      `sessionkey=${session.body.sessionkey}; Path=/client; HttpOnly; SameSite=Strict`,
    ])
    expect(await session.call('listUsers')).toMatchObject({ status: 200, body: { user: [{ username: 'sam' }] } })
    expect(await session.call('listUsers', { sessionkey: 'x' })).toMatchObject({ status: 401 })
    const [row] = await cloud.db.selectFrom('session').selectAll().execute()
    expect(row?.sessionkey.toString()).not.toContain(String(session.body.sessionkey))
    const alone = await fetch(`${cloud.base}/client/api?command=listUsers&sessionkey=${session.body.sessionkey}`)
    expect(alone.status).toBe(401)
    for (const command of ['login&username=sam&password=x', 'logout'])
      expect((await fetch(`${cloud.base}/client/api?command=${command}`)).status).toBe(405)

    // Idle for longer than the setting: over.
    await made(cloud.call, 'updateConfiguration', { name: 'session.timeout', value: '10' }, 'configuration')
    await cloud.db
      .updateTable('session')
      .set({ last_used: new Date(Date.now() - 601_000) })
      .execute()
    expect(await session.call('listUsers')).toMatchObject({ status: 401 })

    const again = await openedSession(cloud.base, { username: 'sam', password: PASSWORD, domain: 'ROOT/Trade' })
    expect(await cloud.db.selectFrom('session').selectAll().execute()).toHaveLength(1)
    expect(await again.call('logout')).toEqual({
      status: 200,
      root: 'logoutresponse',
      body: { description: 'success' },
    })
    expect(await again.call('listUsers')).toMatchObject({ status: 401 })
  })

  it('lets no guessing go on, by name and by address, and forgets it after a good login', async () => {
    const allowed = { name: 'incorrect.login.attempts.allowed', value: '2' }
    await made(cloud.call, 'updateConfiguration', allowed, 'configuration')
    await account(cloud.call, 'guessed')
    const attempt = (password: string) => tryLogin(cloud.base, { username: 'guessed', password })
    const attempts = () =>
      cloud.db
        .selectFrom('login_attempt')
        .select(['subject', 'failures', sql<boolean>`free_at > last`.as('waits')])
        .orderBy('subject', 'desc')
        .execute()
    const waitUntil = (time: Date, subject: string) =>
      cloud.db.updateTable('login_attempt').set({ free_at: time }).where('subject', '=', subject).execute()
    const [name, address, later] = [
      'user 127.0.0.1 root guessed',
      'address 127.0.0.1',
      new Date(Date.now() + 3_600_000),
    ]

    expect([(await attempt('a')).status, (await attempt('b')).status]).toEqual([531, 531])
    expect(await attempts()).toEqual([
      { subject: name, failures: 2, waits: false },
      { subject: address, failures: 2, waits: false },
    ])
    // The next failure costs a wait, in which the right password is not even looked at.
    expect((await attempt('c')).status).toBe(531)
    expect((await attempts())[0]).toEqual({ subject: name, failures: 3, waits: true })
    await waitUntil(later, name)
    expect(await attempt(PASSWORD)).toMatchObject({ status: 429, root: 'loginresponse' })
    // Whoever has the name wait there keeps its owner out nowhere else.
    expect(await statusFrom('127.0.0.2', { username: 'guessed', password: PASSWORD })).toBe(200)
    await cloud.db.deleteFrom('login_attempt').where('subject', '=', 'address 127.0.0.2').execute()
    await waitUntil(new Date(0), name)
    expect((await attempt(PASSWORD)).status).toBe(200)
    expect(await attempts()).toEqual([{ subject: address, failures: 4, waits: false }])
    await waitUntil(later, address)
    expect((await tryLogin(cloud.base, { username: 'other', password: 'x' })).status).toBe(429)

    // Many at once count as many: of the waits that double, few are over before they all came.
    await cloud.db.deleteFrom('login_attempt').execute()
    const statuses = (await Promise.all(Array.from({ length: 16 }, () => attempt('x')))).map(({ status }) => status)
    expect(new Set(statuses)).toEqual(new Set([429, 531]))
    expect(statuses.filter((status) => status === 531).length).toBeLessThan(12)
  })

  it('refuses whatever opens nothing alike, and breaks at none of it', async () => {
    for (const name of ['username', 'password', 'domain'])
      for (const value of ["'; drop table account; --", '../..', '\ud83d\ude00']) {
        await cloud.db.deleteFrom('login_attempt').execute()
        const answer = await tryLogin(cloud.base, { username: 'admin', password: 'x', domain: '/', [name]: value })
        expect({ name, value, status: answer.status, text: answer.body.errortext }).toEqual({
          ...{ name, value, status: 531 },
          text: expect.stringContaining('Failed to authenticate'),
        })
      }
    for (const [name, value] of [
      ['username', 'x'.repeat(256)],
      ['password', 'x'.repeat(1025)],
      ['username', 'a\0b'],
    ] as const)
      expect(await tryLogin(cloud.base, { username: 'admin', password: 'x', [name]: value })).toMatchObject({
        status: 431,
      })
  })

  it('ends keys and sessions of who is disabled, locked or deleted at once', async () => {
    const { userid, id } = await account(cloud.call, 'ida')
    const call = signedCaller(cloud.base, await keysOf(cloud.call, userid))
    const inside = async () => {
      const session = await openedSession(cloud.base, { username: 'ida', password: PASSWORD })
      expect([(await call('listUsers')).status, (await session.call('listUsers')).status]).toEqual([200, 200])
      return session
    }
    const outside = async (session: Awaited<ReturnType<typeof inside>>) => {
      expect([(await call('listUsers')).status, (await session.call('listUsers')).status]).toEqual([401, 401])
      expect(await tryLogin(cloud.base, { username: 'ida', password: PASSWORD })).toMatchObject({ status: 531 })
    }
    const domainid = '00000000-0000-4000-8000-000000000001'
    for (const [command, params, enable] of [
      ['disableUser', { id: userid }, ['enableUser', { id: userid }]],
      ['lockUser', { id: userid }, ['enableUser', { id: userid }]],
      ['disableAccount', { id, lock: 'false' }, ['enableAccount', { id }]],
      ['lockAccount', { account: 'ida', domainid }, ['enableAccount', { account: 'ida', domainid }]],
    ] as const) {
      const session = await inside()
      expect(await cloud.call(command, params)).toMatchObject({ status: 200 })
      await outside(session)
      expect(await cloud.call(enable[0], enable[1])).toMatchObject({ status: 200 })
      await cloud.db.deleteFrom('login_attempt').execute()
    }
    const session = await inside()
    expect(await cloud.call('updateUser', { id: userid, password: 'another' })).toMatchObject({ status: 200 })
    expect((await session.call('listUsers')).status).toBe(401)
    expect((await call('listUsers')).status).toBe(200)
    expect(await cloud.call('deleteUser', { id: userid })).toMatchObject({ status: 200 })
    expect((await call('listUsers')).status).toBe(401)
  })

  it('opens no session by a password that was changed, or for who was shut out, while it was looked at', async () => {
    const { userid, id } = await account(cloud.call, 'late')
    const waiting = async () => {
      const { rows } = await sql`select from pg_locks where not granted
        and (database = (select oid from pg_database where datname = current_database()) or locktype = 'transactionid')
        and pid in (select pid from pg_stat_activity where datname = current_database())`.execute(cloud.db)
      return rows.length > 0
    }
    for (const change of [
      (trx: typeof cloud.db) => trx.updateTable('cloud_user').set({ password_hash: 'x' }).where('id', '=', userid),
      (trx: typeof cloud.db) => trx.updateTable('cloud_user').set({ state: 'disabled' }).where('id', '=', userid),
      (trx: typeof cloud.db) => trx.updateTable('account').set({ state: 'locked' }).where('id', '=', id),
    ]) {
      const before = await cloud.db.selectFrom('cloud_user').selectAll().where('id', '=', userid).executeTakeFirst()
      const { login } = await cloud.db.transaction().execute(async (trx) => {
        // As administrators do, who then end its sessions.
        await sql`select from account where id = ${id} for update`.execute(trx)
        await change(trx).execute()
        await trx.deleteFrom('session').where('cloud_user', '=', userid).execute()
        let answered = false
        const login = tryLogin(cloud.base, { username: 'late', password: PASSWORD }).finally(() => {
          answered = true
        })
        await until('the password was looked at', async () => (answered || (await waiting()) ? true : undefined))
        return { login }
      })
      expect(await login).toMatchObject({ status: 531, root: 'loginresponse' })
      expect(await cloud.db.selectFrom('session').selectAll().execute()).toEqual([])
      await cloud.db
        .updateTable('cloud_user')
        .set({ password_hash: before?.password_hash ?? null, state: 'enabled' })
        .where('id', '=', userid)
        .execute()
      await cloud.db.updateTable('account').set({ state: 'enabled' }).where('id', '=', id).execute()
      await cloud.db.deleteFrom('login_attempt').execute()
      expect((await tryLogin(cloud.base, { username: 'late', password: PASSWORD })).status).toBe(200)
      await cloud.db.deleteFrom('session').execute()
    }
  })

  it('changes no password by one that was changed while it was looked at', async () => {
    const { userid } = await account(cloud.call, 'slow')
    const call = signedCaller(cloud.base, await keysOf(cloud.call, userid))
    const change = { id: userid, password: 'another one', currentpassword: PASSWORD }
    const subject = 'address 127.0.0.1'
    await cloud.db.insertInto('login_attempt').values({ subject, failures: 0 }).execute()
    const statuses = await behind(
      { db: cloud.db, call },
      async (trx) => {
        await sql`select from login_attempt where subject = ${subject} for update`.execute(trx)
        await trx.updateTable('cloud_user').set({ password_hash: 'x' }).where('id', '=', userid).execute()
      },
      ['updateUser', change],
    )
    expect(statuses).toEqual([431])
    const { password_hash } = await cloud.db
      .selectFrom('cloud_user')
      .select('password_hash')
      .where('id', '=', userid)
      .executeTakeFirstOrThrow()
    expect(password_hash).toBe('x')
    await cloud.db.deleteFrom('login_attempt').execute()
  })

  it('limits the calls of an account where that is on, and not the administrator', async () => {
    for (const [name, value] of Object.entries({ enabled: 'true', interval: '3600', max: '3' }))
      await made(cloud.call, 'updateConfiguration', { name: `api.throttling.${name}`, value }, 'configuration')
    const { userid } = await account(cloud.call, 'max')
    const call = signedCaller(cloud.base, await keysOf(cloud.call, userid))
    const root = signedCaller(cloud.base, await keysOf(cloud.call, ADMIN_USER))
    // What was read of the settings may be two seconds old.
    await until('a call too many is refused', async () => ((await call('listUsers')).status === 429 ? true : undefined))
    expect(await call('listUsers')).toMatchObject({ status: 429, root: 'listusersresponse', body: { errorcode: 429 } })
    for (let n = 0; n < 5; n++) expect((await root('listUsers')).status).toBe(200)
    const off = { name: 'api.throttling.enabled', value: 'false' }
    await made(cloud.call, 'updateConfiguration', off, 'configuration')
    await until('no call is too many', async () => ((await call('listUsers')).status === 200 ? true : undefined))
  })
})

describe('power', () => {
  it('is never given by who has not got it', async () => {
    const as = async (userid: string) => signedCaller(cloud.base, await keysOf(cloud.call, userid))
    const sales = String((await made(cloud.call, 'createDomain', { name: 'sales' }, 'domain')).id)
    const other = String((await made(cloud.call, 'createDomain', { name: 'other' }, 'domain')).id)
    const boss = await account(cloud.call, 'boss', { domainid: sales, accounttype: '2' })
    const rival = await account(cloud.call, 'rival', { domainid: other, accounttype: '2' })
    const root = await account(cloud.call, 'root2', { domainid: sales, accounttype: '1' })
    const call = await as(boss.userid)

    // Beneath itself it makes domains, accounts and users of no more power than its own.
    const emea = await made(call, 'createDomain', { name: 'emea' }, 'domain')
    expect(emea).toMatchObject({ path: 'ROOT/sales/emea', level: 2, parentdomainid: sales, parentdomainname: 'sales' })
    const helper = await account(call, 'helper', { domainid: String(emea.id), accounttype: '2' })
    const sam = await account(call, 'sam')
    expect(sam.domainid).toBe(sales)
    await made(call, 'createUser', { ...person('sam2'), account: 'sam' }, 'user')

    const refusals: (readonly [string, Record<string, string>, number])[] = [
      ['createAccount', { ...person('x'), accounttype: '1' }, 531],
      ['createAccount', { ...person('x'), accounttype: '3' }, 531],
      ['createAccount', { ...person('x'), roleid: standardRoles.Admin.id }, 531],
      ['createAccount', { ...person('x'), domainid: other }, 431],
      ['createUser', { ...person('x'), account: 'rival', domainid: other }, 431],
      ['createUser', { ...person('x'), account: 'root2' }, 531],
      ['updateAccount', { id: sam.id, roleid: standardRoles.Admin.id }, 531],
      ['updateAccount', { id: root.id, newname: 'mine' }, 531],
      ['updateAccount', { id: boss.id, roleid: standardRoles.User.id }, 531],
      ['updateUser', { id: root.userid, password: 'mine' }, 531],
      ['registerUserKeys', { id: root.userid }, 531],
      ['getUserKeys', { id: root.userid }, 531],
      ['deleteUser', { id: root.userid }, 531],
      ['disableUser', { id: boss.userid }, 531],
      ['disableAccount', { id: boss.id, lock: 'true' }, 531],
      ['updateUser', { id: rival.userid, firstname: 'x' }, 431],
      ['getUserKeys', { id: rival.userid }, 431],
      ['disableAccount', { id: rival.id, lock: 'true' }, 431],
      ['updateDomain', { id: sales, name: 'x' }, 531],
      ['updateDomain', { id: other, name: 'x' }, 431],
      ['createDomain', { name: 'x', parentdomainid: other }, 431],
      ['createRole', { name: 'x', type: 'User' }, 432],
      ['createZone', { name: 'x' }, 432],
      ['getUser', { userapikey: 'x' }, 432],
    ]
    for (const [command, params, status] of refusals)
      expect({ command, ...(await call(command, params)) }).toMatchObject({ command, status })
    expect(names((await call('listAccounts', { listall: 'true' })).body, 'account')).toEqual([
      'boss',
      'root2',
      'helper',
      'sam',
    ])
    expect(names((await call('listAccounts')).body, 'account')).toEqual(['boss'])
    expect(names((await call('listDomains')).body, 'domain', 'path')).toEqual(['ROOT/sales', 'ROOT/sales/emea'])
    expect(names((await call('listDomainChildren')).body, 'domain', 'path')).toEqual(['ROOT/sales/emea'])

    // One deeper sees nothing above.
    const below = await as(helper.userid)
    expect(names((await below('listUsers', { listall: 'true' })).body, 'user', 'username')).toEqual(['helper'])
    expect(await below('listAccounts', { id: sam.id })).toMatchObject({ status: 431 })

    // Who is no administrator has its own user, by its own password.
    const own = await as(sam.userid)
    const sam2 = String(((await own('listUsers', { username: 'sam2' })).body.user as Body[])[0]?.id)
    expect(await own('updateUser', { id: sam2, firstname: 'x' })).toMatchObject({ status: 531 })
    expect(await own('getUserKeys', { id: sam2 })).toMatchObject({ status: 531 })
    expect(await own('updateUser', { id: sam.userid, password: 'new' })).toMatchObject({ status: 431 })
    expect(await own('updateUser', { id: sam.userid, password: 'new', currentpassword: PASSWORD })).toMatchObject({
      status: 200,
    })
    expect(await own('createAccount', person('x'))).toMatchObject({ status: 432, root: 'createaccountresponse' })
    expect(await own('listAccounts', { listall: 'true' })).toMatchObject({ body: { count: 1 } })
    const apis = names((await own('listApis')).body, 'api')
    expect(apis).toContain('listZones')
    expect(apis).not.toContain('createZone')

    // A renamed domain takes along what lies beneath.
    await made(cloud.call, 'updateDomain', { id: sales, name: 'shop' }, 'domain')
    expect(names((await below('listDomains')).body, 'domain', 'path')).toEqual(['ROOT/shop/emea'])
    // The administrator that every cloud has stays.
    for (const command of ['disableUser', 'lockUser', 'deleteUser'])
      expect(await cloud.call(command, { id: ADMIN_USER })).toMatchObject({ status: 531 })
  })

  it('of a custom role acts by its rules from the next call on', async () => {
    const role = await made(cloud.call, 'createRole', { name: 'reader', type: 'User' }, 'role')
    const roleid = String(role.id)
    const { userid, id } = await account(cloud.call, 'clerk', { roleid })
    const call = signedCaller(cloud.base, await keysOf(cloud.call, userid))
    expect([(await call('listUsers')).status, (await call('listRoles')).status]).toEqual([200, 432])
    const rule = (params: Record<string, string>) =>
      made(cloud.call, 'createRolePermission', { roleid, ...params }, 'rolepermission')
    const deny = await rule({ rule: '*', permission: 'deny' })
    expect((await call('listUsers')).status).toBe(432)
    const allow = await rule({ rule: 'list*', permission: 'allow', description: 'reads' })
    expect((await call('listUsers')).status).toBe(432)
    const ruleorder = [allow.id, deny.id].join(',')
    expect(await cloud.call('updateRolePermission', { roleid, ruleorder })).toMatchObject({ status: 200 })
    expect([(await call('listUsers')).status, (await call('getUserKeys', { id: userid })).status]).toEqual([200, 432])
    expect((await call('listRoles')).status).toBe(200)
    expect(names((await cloud.call('listRolePermissions', { roleid })).body, 'rolepermission', 'rule')).toEqual([
      'list*',
      '*',
    ])
    expect(
      await cloud.call('updateRolePermission', { roleid, ruleid: String(deny.id), permission: 'allow' }),
    ).toMatchObject({ status: 200 })
    expect((await call('getUserKeys', { id: userid })).status).toBe(200)
    expect(await cloud.call('deleteRolePermission', { id: String(allow.id) })).toMatchObject({ status: 200 })

    const copy = await made(cloud.call, 'createRole', { name: 'copy', roleid }, 'role')
    expect(copy).toMatchObject({ type: 'User', isdefault: false })
    expect(
      names((await cloud.call('listRolePermissions', { roleid: String(copy.id) })).body, 'rolepermission', 'rule'),
    ).toEqual(['*'])
    const rules = {
      'rules[0].rule': 'listZones',
      'rules[0].permission': 'allow',
      'rules[1].rule': '*',
      'rules[1].permission': 'deny',
    }
    expect(await cloud.call('importRole', { name: 'copy', ...rules })).toMatchObject({ status: 431 })
    await made(cloud.call, 'importRole', { name: 'copy', forced: 'true', ...rules }, 'role')
    expect(
      names((await cloud.call('listRolePermissions', { roleid: String(copy.id) })).body, 'rolepermission', 'rule'),
    ).toEqual(['listZones', '*'])

    expect(await cloud.call('deleteRole', { id: roleid })).toMatchObject({ status: 536 })
    expect(await cloud.call('updateRole', { id: roleid, type: 'DomainAdmin' })).toMatchObject({ status: 536 })
    expect(await cloud.call('updateAccount', { id, roleid: standardRoles.User.id })).toMatchObject({ status: 200 })
    expect(await cloud.call('deleteRole', { id: roleid })).toMatchObject({ status: 200 })
    for (const [command, params] of [
      ['deleteRole', { id: standardRoles.User.id }],
      ['updateRole', { id: standardRoles.User.id, name: 'x' }],
      ['createRolePermission', { roleid: standardRoles.User.id, rule: '*', permission: 'allow' }],
    ] as const)
      expect(await cloud.call(command, params)).toMatchObject({ status: 531 })
  })
  it('is not taken by a role that is limited, neither for itself nor for another one', async () => {
    const rules = (...texts: readonly string[]) =>
      Object.fromEntries(
        texts.flatMap((text, index) => {
          const [permission = '', rule = ''] = text.split(' ')
          return [
            [`rules[${index}].rule`, rule],
            [`rules[${index}].permission`, permission],
          ]
        }),
      )
    const imported = async (name: string, ...texts: readonly string[]) =>
      String((await made(cloud.call, 'importRole', { name, type: 'Admin', ...rules(...texts) }, 'role')).id)
    const roleid = await imported('limited', 'deny createZone', 'allow *')
    const above = await imported('above', 'allow *')
    const { userid } = await account(cloud.call, 'warden', { roleid })
    const call = signedCaller(cloud.base, await keysOf(cloud.call, userid))
    const rulesOf = async (id: string) =>
      ((await cloud.call('listRolePermissions', { roleid: id })).body.rolepermission ?? []) as Body[]
    const [deny, allow] = (await rulesOf(roleid)).map(({ id }) => String(id))

    // What it has itself it gives away, and takes back.
    const copy = String((await made(call, 'createRole', { name: 'under', roleid }, 'role')).id)
    const [copied = '', all = ''] = (await rulesOf(copy)).map(({ id }) => String(id))
    const more = { roleid: copy, rule: 'listHosts', permission: 'deny' }
    const { id: taken } = await made(call, 'createRolePermission', more, 'rolepermission')
    expect((await call('deleteRolePermission', { id: String(taken) })).status).toBe(200)
    await made(call, 'importRole', { name: 'reads', ...rules('allow list*', 'deny *') }, 'role')
    await made(call, 'createRole', { name: 'plain', type: 'User' }, 'role')

    const refusals: (readonly [string, Record<string, string>])[] = [
      ['createRolePermission', { roleid, rule: 'createPod', permission: 'deny' }],
      ['updateRolePermission', { roleid, ruleid: String(deny), permission: 'allow' }],
      ['updateRolePermission', { roleid, ruleorder: [allow, deny].join(',') }],
      ['deleteRolePermission', { id: String(deny) }],
      ['updateRole', { id: roleid, description: 'mine' }],
      ['importRole', { name: 'limited', type: 'Admin', forced: 'true', ...rules('allow *') }],
      ['updateRolePermission', { roleid: copy, ruleid: copied, permission: 'allow' }],
      ['updateRolePermission', { roleid: copy, ruleorder: [all, copied].join(',') }],
      ['deleteRolePermission', { id: copied }],
      ['importRole', { name: 'under', type: 'Admin', forced: 'true', ...rules('allow *') }],
      ['importRole', { name: 'fresh', ...rules('allow createZone', 'deny *') }],
      ['importRole', { name: 'fresh', type: 'Admin', ...rules('allow list*') }],
      ['createRole', { name: 'fresh', type: 'Admin' }],
      ['createRole', { name: 'fresh', roleid: above }],
      ['updateRole', { id: above, name: 'mine' }],
      ['createRolePermission', { roleid: above, rule: 'list*', permission: 'deny' }],
      ['deleteRole', { id: above }],
    ]
    for (const [command, params] of refusals)
      expect({ command, params, ...(await call(command, params)) }).toMatchObject({ command, params, status: 531 })
    expect(await call('createZone', { name: 'x' })).toMatchObject({ status: 432 })
    expect((await rulesOf(roleid)).map(({ id }) => id)).toEqual([deny, allow])
    expect((await rulesOf(copy)).map(({ id }) => id)).toEqual([copied, all])
    expect((await call('listRoles', { name: 'fresh' })).body).toEqual({})
    // Who may do everything changes them all.
    for (const [command, params] of [...refusals.slice(6, 9), ...refusals.slice(1, 4)])
      expect({ command, params, ...(await cloud.call(command, params)) }).toMatchObject({ status: 200 })
  })
})
