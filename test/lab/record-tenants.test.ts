import { createApi } from '@sysvm/manager/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { caller, startApi } from '../simulator/api.ts'
import { openCloudPort, openedSession, openSeal } from '../simulator/cloud-port.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { idOf, list, run, setUpZone } from './balanced.ts'
import { behind, type Command } from './behind.ts'
import { callerOf, makeAccount, makeDomain } from './tenants.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
let cloud: Awaited<ReturnType<typeof open>>
beforeAll(async () => {
  lab = await openTestCluster()
  cloud = await open()
})
afterAll(async () => {
  await cloud?.[Symbol.asyncDispose]()
  await lab?.remove()
})

/** Two domains: alice and her administrator carol in one, bob in the other. */
const open = async () => {
  const api = await startApi(lab.cluster, openSeal)
  const { call, db, jobs } = api
  const [a, b] = [await makeDomain(call, 'a'), await makeDomain(call, 'b')]
  const accounts = {
    alice: await makeAccount(call, 'alice', a),
    bob: await makeAccount(call, 'bob', b),
    carol: await makeAccount(call, 'carol', a, '2'),
  }
  const served: ReturnType<typeof createApi>[] = []
  const callAs = async (account: string) => {
    const who = await callerOf(db, account)
    const port = createApi({ db, jobs, ...openSeal, authenticate: async () => who })
    served.push(port)
    return caller(await port.listen({ port: 0 }))
  }
  const zone = await setUpZone(call, 'local:?netns=rt-h1')
  return {
    ...{ call, db, jobs, a, accounts, zone },
    alice: await callAs(accounts.alice),
    bob: await callAs(accounts.bob),
    carol: await callAs(accounts.carol),
    [Symbol.asyncDispose]: async () => {
      for (const port of served) await port.close()
      await api[Symbol.asyncDispose]()
    },
  }
}

describe('the record of tenants', () => {
  it('shows events to whom they belong and to their administrators', async () => {
    const { call, alice, bob, carol } = cloud
    await run(alice, 'createSSHKeyPair', { name: 'key' }, 'keypair')
    const seen = async (who: typeof call, params: Readonly<Record<string, string>> = {}) =>
      (await list(who, 'listEvents', 'event', { type: 'REGISTER.SSH.KEYPAIR', ...params })).map(
        ({ account, username, resourcename }) => [account, username, resourcename],
      )
    const event = ['alice', 'alice', 'key']
    expect(await seen(alice)).toEqual([event])
    expect(await seen(carol)).toEqual([])
    expect(await seen(carol, { listall: 'true' })).toEqual([event])
    expect(await seen(call, { listall: 'true' })).toEqual([event])
    expect(await seen(bob, { listall: 'true' })).toEqual([])

    const [{ id = '' } = {}] = (await list(alice, 'listEvents', 'event')) as readonly { readonly id: string }[]
    const nobody = crypto.randomUUID()
    for (const command of ['archiveEvents', 'deleteEvents']) {
      const refused = await bob(command, { ids: id })
      expect(refused.status).toBe(431)
      const text = String((await bob(command, { ids: nobody })).body.errortext)
      expect(String(refused.body.errortext)).toBe(text.replaceAll(nobody, id))
    }
    await run(bob, 'deleteEvents', { type: 'REGISTER.SSH.KEYPAIR' })
    expect(await seen(alice)).toEqual([event])
  })

  it('lets nobody tag what is not his, and gives tags to whom the thing belongs', async () => {
    const { call, alice, bob, zone } = cloud
    const made = { zoneid: zone.zoneid, networkofferingid: zone.isolated, name: 'n1' }
    const network = idOf(await run(alice, 'createNetwork', made, 'network'))
    const tag = (id: string, value: string) => ({
      ...{ resourceids: id, resourcetype: 'Network', 'tags[0].key': 'k', 'tags[0].value': value },
    })
    const nobody = crypto.randomUUID()
    for (const command of ['createTags', 'deleteTags']) {
      const [theirs, none] = [await bob(command, tag(network, 'v')), await bob(command, tag(nobody, 'v'))]
      expect([theirs.status, none.status]).toEqual([431, 431])
      expect(String(theirs.body.errortext)).toBe(String(none.body.errortext).replaceAll(nobody, network))
    }
    await run(call, 'createTags', tag(network, 'by the administrator'))
    const shown = { key: 'k', value: 'by the administrator', account: 'alice', domainpath: 'ROOT/a' }
    expect(await list(alice, 'listTags', 'tag')).toMatchObject([shown])
    expect(await list(alice, 'listNetworks', 'network')).toMatchObject([{ id: network, tags: [shown] }])
    expect(await list(bob, 'listTags', 'tag', { listall: 'true', resourceid: network })).toEqual([])
    const zones = { resourceids: zone.zoneid, resourcetype: 'Zone', 'tags[0].key': 'k', 'tags[0].value': 'v' }
    expect((await alice('createTags', zones)).status).toBe(431)
  })

  it('leaves nothing of an address to who had it before, also when it goes while he calls', async () => {
    const { db, alice, bob, accounts, zone } = cloud
    const place = { zoneid: zone.zoneid, networkofferingid: zone.isolated, netmask: '255.255.255.0' }
    const networkOf = async (call: typeof alice, gateway: string) =>
      idOf(await run(call, 'createNetwork', { ...place, name: 'n', gateway }, 'network'))
    const [hers, his] = [await networkOf(alice, '10.7.1.1'), await networkOf(bob, '10.7.2.1')]
    const guest = { ...zone.guest, networkids: hers, name: 'g', startvm: 'false' }
    const virtualmachineid = String((await alice('deployVirtualMachine', guest)).body.id)
    const id = String((await alice('associateIpAddress', { networkid: hers })).body.id)
    const give = (trx: typeof db, account: string, network: string) =>
      trx.updateTable('public_ip').set({ account, network }).where('id', '=', id).execute()

    const rule = { ipaddressid: id, protocol: 'tcp', virtualmachineid, publicport: '80', privateport: '80' }
    const calls: Command[] = [
      ['createFirewallRule', { ipaddressid: id, protocol: 'tcp', startport: '80' }],
      ['createPortForwardingRule', rule],
      ['createIpForwardingRule', { ipaddressid: id, protocol: 'tcp', startport: '80' }],
      ['createLoadBalancerRule', { publicipid: id, name: 'l', algorithm: 'source', publicport: '8', privateport: '8' }],
      ['enableStaticNat', { ipaddressid: id, virtualmachineid }],
      ['disableStaticNat', { ipaddressid: id }],
      ['updateIpAddress', { id }],
      ['createTags', { resourceids: id, resourcetype: 'PublicIpAddress', 'tags[0].key': 'k', 'tags[0].value': 'v' }],
      ['releaseIpAddress', { id }],
      ['disassociateIpAddress', { id }],
    ]
    for (const command of calls) {
      expect({
        command,
        statuses: await behind({ db, call: alice }, (trx) => give(trx, accounts.bob, his), command),
      }).toEqual({
        ...{ command, statuses: [431] },
      })
      await give(db, accounts.alice, hers)
    }

    const job = String((await alice('updateIpAddress', { id })).body.jobid)
    const tag = { resourceids: id, resourcetype: 'PublicIpAddress', 'tags[0].key': 'k', 'tags[0].value': 'v' }
    await run(alice, 'createTags', tag)
    const result = async (): Promise<unknown> => (await alice('queryAsyncJobResult', { jobid: job })).body.jobresult
    expect(await result()).toMatchObject({ ipaddress: { id, account: 'alice', tags: [{ key: 'k' }] } })
    await give(db, accounts.bob, his)
    expect(await result()).toEqual({ success: true })
    expect(await list(bob, 'listPublicIpAddresses', 'publicipaddress', { id })).toMatchObject([
      { account: 'bob', tags: [] },
    ])
    expect(await db.selectFrom('resource_tag').select('key').where('resource', '=', id).execute()).toEqual([])
  })

  it('shows with what was used no tags of who has it now', async () => {
    const { db, alice, bob, accounts, zone } = cloud
    const [network] = await list(bob, 'listNetworks', 'network')
    const resource = idOf(network)
    const [start_date, end_date] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-01-02T00:00:00Z')]
    await db.insertInto('usage_period').values({ start_date, end_date }).execute()
    const record = { type: 30, resource, zone: zone.zoneid, start_date, end_date, raw: 1, facts: '{}' }
    for (const account of [accounts.alice, accounts.bob])
      await db
        .insertInto('usage_record')
        .values({ ...record, account })
        .execute()
    const tag = { resourceids: resource, resourcetype: 'Network', 'tags[0].key': 'secret', 'tags[0].value': 'v' }
    await run(bob, 'createTags', tag)
    const period = { startdate: '2026-01-01', enddate: '2026-01-01', includetags: 'true' }
    expect(await list(bob, 'listUsageRecords', 'usagerecord', period)).toMatchObject([{ tags: [{ key: 'secret' }] }])
    expect(await list(alice, 'listUsageRecords', 'usagerecord', period)).toMatchObject([{ tags: [] }])
  })

  it('lets nobody keep a security group of another one there by naming it', async () => {
    const { alice, carol } = cloud
    const [web, users] = [{ name: 'web' }, { name: 'users' }]
    await run(alice, 'createSecurityGroup', web, 'securitygroup')
    await run(carol, 'createSecurityGroup', users, 'securitygroup')
    const peer = { 'usersecuritygrouplist[0].account': 'alice', 'usersecuritygrouplist[0].group': 'web' }
    const rule = { protocol: 'tcp', startport: '80', endport: '80', ...peer }
    await run(carol, 'authorizeSecurityGroupIngress', { securitygroupname: 'users', ...rule }, 'securitygroup')
    await run(alice, 'createSecurityGroup', { name: 'mine' }, 'securitygroup')
    await run(alice, 'authorizeSecurityGroupIngress', { securitygroupname: 'mine', ...rule }, 'securitygroup')
    expect(await alice('deleteSecurityGroup', web)).toMatchObject({ status: 536 })
    await alice('deleteSecurityGroup', { name: 'mine' })
    expect((await alice('deleteSecurityGroup', web)).status).toBe(200)
    const [left] = await list(carol, 'listSecurityGroups', 'securitygroup', { securitygroupname: 'users' })
    expect(left).toMatchObject({ ingressrule: [] })
  })

  it('tells who came in and went', async () => {
    const { db, jobs, alice, a } = cloud
    await using port = await openCloudPort({ db, jobs, ...openSeal })
    const session = await openedSession(port.base, { username: 'alice', domain: '/a', password: 'x7-Kw9!qLm' })
    expect(session.body.domainid).toBe(a)
    const entries = async () =>
      (await list(alice, 'listEvents', 'event', { keyword: 'USER.LOG' })).map(({ type, description }) => [
        type,
        description,
      ])
    expect(await entries()).toEqual([['USER.LOGIN', 'user alice logged in from 127.0.0.1']])
    await db.deleteFrom('session').execute()
    expect(await entries()).toEqual([
      ['USER.LOGOUT', 'the session of user alice from 127.0.0.1 ended'],
      ['USER.LOGIN', 'user alice logged in from 127.0.0.1'],
    ])
  })

  it('obeys settings of an account before those of its domain and the cloud', async () => {
    const { call, db, alice, accounts, a, zone } = cloud
    const row = {
      ...{ name: 'g', displayname: 'g', zone: zone.zoneid, account: accounts.alice },
      ...{ offering: zone.guest.serviceofferingid, template: zone.guest.templateid },
    }
    const { id } = await db.insertInto('guest').values(row).returning('id').executeTakeFirstOrThrow()
    const status = async () => (await alice('recoverVirtualMachine', { id })).status
    const set = (value: string, place: Readonly<Record<string, string>> = {}) =>
      run(call, 'updateConfiguration', { name: 'allow.user.expunge.recover.vm', value, ...place })
    // 534: it is not destroyed.
    expect([await status(), (await call('recoverVirtualMachine', { id })).status]).toEqual([531, 534])
    await set('true')
    expect(await status()).toBe(534)
    await set('false', { domainid: a })
    expect(await status()).toBe(531)
    await set('true', { accountid: accounts.alice })
    expect(await status()).toBe(534)
    await run(call, 'resetConfiguration', { name: 'allow.user.expunge.recover.vm', accountid: accounts.alice })
    expect(await status()).toBe(531)
    expect((await alice('destroyVirtualMachine', { id, expunge: 'true' })).status).toBe(531)
    const wrong: readonly Readonly<Record<string, string>>[] = [
      { zoneid: zone.zoneid },
      { domainid: crypto.randomUUID() },
      { accountid: accounts.bob, domainid: a },
    ]
    for (const place of wrong) {
      const change = { name: 'allow.user.expunge.recover.vm', value: 'true', ...place }
      expect((await call('updateConfiguration', change)).status).toBe(431)
    }
  })
})
