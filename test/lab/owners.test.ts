import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Call, startApi } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { list, run } from './balanced.ts'
import { behind } from './behind.ts'
import { make, NOBODY } from './refusals.ts'
import { callerOf, makeAccount, makeDomain, serveAs } from './tenants.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
let api: Awaited<ReturnType<typeof startApi>>
const closing: (() => Promise<void>)[] = []
const calls = new Map<string, Call>()
const ids: Record<string, string> = {}

const as = (name: string): Call => calls.get(name) ?? api.call

/** A tree: corp with ann its administrator, bea and eve, corp/lab with cyd, and shop beside it with dan. */
beforeAll(async () => {
  lab = await openTestCluster()
  api = await startApi(lab.cluster)
  ids.corp = await makeDomain(api.call, 'corp')
  ids.lab = await makeDomain(api.call, 'lab', ids.corp)
  ids.shop = await makeDomain(api.call, 'shop')
  const people = { ann: ids.corp, bea: ids.corp, eve: ids.corp, cyd: ids.lab, dan: ids.shop }
  for (const [name, domainid] of Object.entries(people)) {
    const account = await makeAccount(api.call, name, domainid, name === 'ann' ? '2' : '0')
    const served = await serveAs(api.url, api.jobs, await callerOf(api.db, account))
    closing.push(served[Symbol.asyncDispose])
    calls.set(name, served.call)
    await run(served.call, 'createSSHKeyPair', { name })
  }
  await run(api.call, 'createSSHKeyPair', { name: 'admin' })
  ids.project = await make(as('bea'), 'createProject', { name: 'team', displaytext: 'team' })
  await as('bea')('addAccountToProject', { projectid: ids.project, account: 'eve' })
  await run(as('bea'), 'createSSHKeyPair', { name: 'team', projectid: ids.project })
})
afterAll(async () => {
  for (const close of closing) await close()
  await api?.[Symbol.asyncDispose]()
  await lab?.remove()
})

const seen = async (who: string, params: Readonly<Record<string, string>> = {}): Promise<string> =>
  (await list(as(who), 'listSSHKeyPairs', 'sshkeypair', params)).map(({ name }) => name).join(' ')

describe('a project', () => {
  it('keeps one who manages it, also where two leave at once or one is leaving', async () => {
    const [fay, gil, hal] = [
      await makeAccount(api.call, 'fay', ids.shop ?? ''),
      await makeAccount(api.call, 'gil', ids.shop ?? ''),
      await makeAccount(api.call, 'hal', ids.shop ?? ''),
    ]
    const place = { account: 'fay', domainid: ids.shop ?? '' }
    const projectid = await make(api.call, 'createProject', { name: 'left', displaytext: 'left', ...place })
    for (const account of ['gil', 'hal'])
      await api.call('addAccountToProject', { projectid, account, roletype: account === 'gil' ? 'Admin' : 'Regular' })
    const hold = (trx: typeof api.db) => sql`select from project where id = ${projectid} for update`.execute(trx)
    const leave = (id: string) => ['deleteAccount', { id }] as const
    expect((await behind(api, hold, leave(fay), leave(gil))).sort()).toEqual([200, 536])
    const { rows } = await sql<{ name: string }>`select name from account join removal using (id)`.execute(api.db)
    expect(rows).toEqual([{ name: 'fay' }])
    // Who is leaving manages nothing any more.
    expect(await api.call('deleteAccountFromProject', { projectid, account: 'gil' })).toMatchObject({ status: 536 })
    expect((await api.call('deleteAccount', { id: gil })).status).toBe(536)
    const swap = { id: projectid, account: 'fay', roletype: 'Admin', swapowner: 'true' }
    expect(await api.call('updateProject', swap)).toMatchObject({ status: 536 })
    expect((await api.call('deleteAccount', { id: hal })).status).toBe(200)
  })
})

describe('a list', () => {
  it.each([
    ['admin', {}, 'admin'],
    ['admin', { listall: 'true' }, 'ann bea cyd dan eve admin'],
    ['admin', { projectid: '-1' }, 'team'],
    ['admin', { projectid: '-1', listall: 'true' }, 'ann bea cyd dan eve admin team'],
    ['admin', { domainid: 'corp' }, 'ann bea eve'],
    ['admin', { domainid: 'corp', listall: 'true' }, 'ann bea eve'],
    ['admin', { domainid: 'corp', projectid: '-1', listall: 'true' }, 'ann bea eve team'],
    ['admin', { domainid: 'corp', isrecursive: 'true' }, 'ann bea cyd eve'],
    ['admin', { domainid: 'shop', isrecursive: 'true' }, 'dan'],
    ['admin', { domainid: 'corp', account: 'bea' }, 'bea'],
    ['admin', { projectid: 'project' }, 'team'],
    ['ann', {}, 'ann'],
    ['ann', { listall: 'true' }, 'ann bea cyd eve'],
    ['ann', { domainid: 'lab' }, 'cyd'],
    ['ann', { account: 'cyd', domainid: 'lab' }, 'cyd'],
    ['ann', { projectid: 'project' }, 'team'],
    ['bea', { listall: 'true' }, 'bea'],
    ['bea', { projectid: '-1' }, 'team'],
    ['bea', { projectid: '-1', listall: 'true' }, 'bea team'],
    ['bea', { domainid: 'corp', isrecursive: 'true' }, 'bea'],
    ['bea', { account: 'bea', domainid: 'corp' }, 'bea'],
    ['bea', { projectid: 'project' }, 'team'],
    ['cyd', {}, 'cyd'],
    ['cyd', { listall: 'true' }, 'cyd'],
    ['eve', {}, 'eve'],
    ['eve', { listall: 'true' }, 'eve'],
    ['eve', { projectid: '-1' }, 'team'],
    ['cyd', { projectid: '-1' }, 'cyd'],
    ['eve', { projectid: 'project' }, 'team'],
    ['dan', { listall: 'true' }, 'dan'],
    ['dan', { listall: 'true', keyword: 'a' }, 'dan'],
  ] as const)('of %s with %j shows %s', async (who, given, expected) => {
    const params = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, ids[value] ?? value]))
    const names = (text: string) => text.split(' ').sort()
    expect(names(await seen(who, params))).toEqual(names(expected))
  })

  it.each([
    ['dan', { domainid: 'corp' }],
    ['dan', { account: 'bea', domainid: 'corp' }],
    ['dan', { projectid: 'project' }],
    ['cyd', { projectid: 'project' }],
    ['ann', { domainid: 'shop' }],
    ['bea', { domainid: 'lab' }],
    ['bea', { account: 'ann', domainid: 'corp' }],
    ['cyd', { domainid: 'corp' }],
  ] as const)('of %s with %j is refused as what is not there', async (who, given) => {
    const params = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, ids[value] ?? value]))
    const { status } = await as(who)('listSSHKeyPairs', params)
    expect(status).toBe(431)
  })

  it('shows by its id what may be seen, without a word of whose it is', async () => {
    const [cyd] = await list(as('cyd'), 'listSSHKeyPairs', 'sshkeypair')
    const id = String(cyd?.id)
    expect(await seen('ann', { id })).toBe('cyd')
    expect(await seen('admin', { id })).toBe('cyd')
    const foreign = await as('dan')('listSSHKeyPairs', { id })
    const unknown = await as('dan')('listSSHKeyPairs', { id: NOBODY })
    expect(JSON.parse(JSON.stringify(foreign).replaceAll(id, NOBODY))).toEqual(unknown)
  })

  it('says whose each is: an account or a project, with its domain', async () => {
    const [own] = await list(as('cyd'), 'listSSHKeyPairs', 'sshkeypair')
    expect(own).toMatchObject({ account: 'cyd', domainid: ids.lab, domain: 'lab' })
    const [team] = await list(as('eve'), 'listSSHKeyPairs', 'sshkeypair', { projectid: String(ids.project) })
    expect(team).toMatchObject({ projectid: ids.project, project: 'team', domainid: ids.corp, domain: 'corp' })
    expect(team).not.toHaveProperty('account')
  })
})

describe('what is made', () => {
  it('belongs to whom it is made for, where the caller may', async () => {
    const given = { name: 'gift', account: 'cyd', domainid: String(ids.lab) }
    const made = await run(as('ann'), 'createSSHKeyPair', given, 'keypair')
    expect(made).toMatchObject({ account: 'cyd', domain: 'lab' })
    expect(await seen('cyd')).toBe('cyd gift')
    const refused = { status: 431 }
    for (const who of ['dan', 'bea', 'cyd'])
      expect(
        await as(who)('createSSHKeyPair', { name: 'x', account: 'ann', domainid: String(ids.corp) }),
      ).toMatchObject(refused)
    expect(await as('dan')('createSSHKeyPair', { name: 'x', projectid: String(ids.project) })).toMatchObject(refused)
    await as('ann')('deleteSSHKeyPair', { name: 'gift', account: 'cyd', domainid: String(ids.lab) })
    expect(await seen('cyd')).toBe('cyd')
  })

  it('takes no parameters of administrators from others', async () => {
    expect(await as('ann')('listVirtualMachines', { hostid: NOBODY })).toMatchObject({
      status: 431,
      body: { errortext: expect.stringMatching(/^Parameter hostid is unknown to listVirtualMachines/) },
    })
    expect(await api.call('listVirtualMachines', { hostid: NOBODY })).toMatchObject({
      status: 431,
      body: { errortext: expect.stringMatching(/no host has the id/) },
    })
  })

  it('has jobs that nobody else can ask for', async () => {
    const group = { name: 'apart', type: 'host anti-affinity' }
    const { body } = await as('dan')('createAffinityGroup', group)
    const jobid = String(body.jobid)
    expect(await as('dan')('queryAsyncJobResult', { jobid })).toMatchObject({ status: 200, body: { account: 'dan' } })
    expect((await as('bea')('queryAsyncJobResult', { jobid })).status).toBe(431)
    expect((await as('ann')('queryAsyncJobResult', { jobid })).status).toBe(431)
    expect((await api.call('queryAsyncJobResult', { jobid })).status).toBe(200)
  })
})

describe('a project', () => {
  const ownersOf = async (): Promise<unknown> => {
    const [project] = await list(api.call, 'listProjects', 'project', { id: String(ids.project) })
    return (project as { owner: readonly { readonly account: string }[] }).owner.map(({ account }) => account)
  }

  it('is called and managed as who manages it says', async () => {
    const id = String(ids.project)
    expect(await as('eve')('updateProject', { id, displaytext: 'hers' })).toMatchObject({ status: 531 })
    expect(await as('dan')('updateProject', { id, displaytext: 'his' })).toMatchObject({ status: 431 })
    const renamed = await run(as('bea'), 'updateProject', { id, name: 'crew', displaytext: 'the crew' }, 'project')
    expect(renamed).toMatchObject({ id, name: 'crew', displaytext: 'the crew' })
    expect(await ownersOf()).toEqual(['bea'])
    const refused: readonly (readonly [Readonly<Record<string, string>>, number])[] = [
      [{ account: 'cyd' }, 431],
      [{ account: 'bea', roletype: 'Regular' }, 536],
      [{ account: 'eve', roletype: 'Regular', swapowner: 'true' }, 431],
    ]
    for (const [params, status] of refused)
      expect({ params, ...(await as('bea')('updateProject', { id, ...params })) }).toMatchObject({ params, status })
    await run(as('bea'), 'updateProject', { id, account: 'eve', swapowner: 'false' }, 'project')
    expect(await ownersOf()).toEqual(['bea', 'eve'])
    await run(as('eve'), 'updateProject', { id, account: 'bea', roletype: 'Regular' }, 'project')
    expect(await ownersOf()).toEqual(['eve'])
    await run(as('eve'), 'updateProject', { id, account: 'bea' }, 'project')
    expect(await ownersOf()).toEqual(['bea'])
    const events = await list(api.call, 'listEvents', 'event', { type: 'PROJECT.UPDATE', projectid: '-1' })
    expect(events.length).toBeGreaterThan(3)
  })

  it('is given to nobody who may have no more', async () => {
    const limited = { account: 'eve', domainid: String(ids.corp), resourcetype: '5', max: '0' }
    await run(api.call, 'updateResourceLimit', limited, 'resourcelimit')
    const id = String(ids.project)
    expect(await as('bea')('updateProject', { id, account: 'eve' })).toMatchObject({ status: 532 })
    expect(await ownersOf()).toEqual(['bea'])
  })
})
