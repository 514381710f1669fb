import type { Database } from '@sysvm/manager/model'
import { lockAccounts } from '@sysvm/manager/model/account'
import type { Kysely } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Call, startApi } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { idOf, list, run, setUpZone } from './balanced.ts'
import { behind, type Command } from './behind.ts'
import { atOnce } from './refusals.ts'
import { callerOf, makeAccount, makeDomain, serveAs } from './tenants.ts'

const VM = '0'
const [CPU, MEMORY, IP, NETWORK, PROJECT] = ['8', '9', '1', '6', '5']
const netmask = '255.255.255.0'

let lab: Awaited<ReturnType<typeof openTestCluster>>
let api: Awaited<ReturnType<typeof startApi>>
let call: Call
let zone: Awaited<ReturnType<typeof setUpZone>>
let domainid: string
beforeAll(async () => {
  lab = await openTestCluster()
  api = await startApi(lab.cluster)
  call = api.call
  zone = await setUpZone(call, 'ssh://root@192.0.2.30:22')
  domainid = await makeDomain(call, 'limited')
})
afterAll(async () => {
  await api?.[Symbol.asyncDispose]()
  await lab?.remove()
})

const limit = (params: Readonly<Record<string, string>>, resourcetype: string, max: string) =>
  run(call, 'updateResourceLimit', { ...params, resourcetype, max }, 'resourcelimit')

const countOf = async (params: Readonly<Record<string, string>>, resourcetype: string): Promise<unknown> =>
  (await list(call, 'updateResourceCount', 'resourcecount', { ...params, resourcetype }))[0]?.resourcecount

const networkOf = async (as: Call, gateway: string): Promise<string> =>
  idOf(
    await run(
      as,
      'createNetwork',
      { zoneid: zone.zoneid, name: 'n', gateway, netmask, networkofferingid: zone.isolated },
      'network',
    ),
  )

/** An account of the domain through two managers. */
const tenant = async (name: string) => {
  const accountid = await makeAccount(call, name, domainid)
  const who = await callerOf(api.db, accountid)
  const [one, other] = [await serveAs(api.url, api.jobs, who), await serveAs(api.url, api.jobs, who)]
  const calls = [one.call, other.call]
  return {
    accountid,
    named: { account: name, domainid },
    call: one.call,
    /** The calls turn by turn, so that each manager has half of them. */
    turn: (index: number): Call => calls[index % calls.length] as Call,
    [Symbol.asyncDispose]: async () => {
      await one[Symbol.asyncDispose]()
      await other[Symbol.asyncDispose]()
    },
  }
}

interface Wanted {
  readonly desired?: 'Stopped' | 'Destroyed'
  readonly offering?: string
}

describe('the limits of accounts and domains', () => {
  it('let exactly 100 of 200 guests in that two managers are asked for at once', async () => {
    await using alice = await tenant('alice')
    for (const kind of [CPU, MEMORY]) await limit({ domainid }, kind, '-1')
    for (const kind of [CPU, MEMORY]) await limit(alice.named, kind, '-1')
    await limit({ domainid }, VM, '150')
    await limit(alice.named, VM, '100')
    const networkids = await networkOf(alice.call, '10.1.1.1')
    const deploy = (index: number) =>
      alice.turn(index)('deployVirtualMachine', { ...zone.guest, networkids, name: `g${index}`, startvm: 'false' })
    expect(await atOnce(200, deploy)).toEqual([...Array(100).fill(200), ...Array(100).fill(532)])
    const guests = await list(alice.call, 'listVirtualMachines', 'virtualmachine')
    expect(guests).toHaveLength(100)
    expect(await countOf(alice.named, VM)).toBe(100)
    expect(await countOf({ domainid }, VM)).toBe(100)

    // A destroyed one makes room for one; then it cannot come back.
    const id = idOf(guests[0])
    await call('destroyVirtualMachine', { id })
    expect(await countOf(alice.named, VM)).toBe(99)
    expect(await atOnce(5, (index) => deploy(200 + index))).toEqual([200, 532, 532, 532, 532])
    expect(await call('recoverVirtualMachine', { id })).toMatchObject({
      status: 532,
      body: {
        errorcode: 532,
        cserrorcode: 4280,
        errortext: expect.stringMatching(
          /^The limit of the account alice for resources of type user_vm is 100; it has 100/,
        ),
      },
    })
  })

  it('hold for what comes back when its destruction is cancelled', async () => {
    await using gina = await tenant('gina')
    await limit(gina.named, VM, '1')
    const networkids = await networkOf(gina.call, '10.5.1.1')
    const deploy = (name: string) =>
      gina.call('deployVirtualMachine', { ...zone.guest, networkids, name, startvm: 'false' })
    const id = String((await deploy('one')).body.id)
    const { body: first } = await gina.call('destroyVirtualMachine', { id })
    expect((await deploy('two')).status).toBe(200)
    const jobid = String(first.jobid)
    expect(await gina.call('cancelAsyncJob', { jobid })).toMatchObject({
      status: 532,
      body: { errortext: expect.stringMatching(/account gina for resources of type user_vm is 1; it has 1/) },
    })
    expect((await gina.call('queryAsyncJobResult', { jobid })).body.jobstatus).toBe(0)
    expect(await countOf(gina.named, VM)).toBe(1)
    await limit(gina.named, VM, '2')
    expect((await gina.call('cancelAsyncJob', { jobid })).status).toBe(200)
    expect(await countOf(gina.named, VM)).toBe(2)
  })

  it('hold for a guest as it is when it is held, whatever it was when they were asked for', async () => {
    await using hugo = await tenant('hugo')
    const networkids = await networkOf(hugo.call, '10.6.1.1')
    const { id: small, cpunumber } = await api.db
      .selectFrom('service_offering')
      .select(['id', 'cpunumber'])
      .where('id', '=', zone.guest.serviceofferingid)
      .executeTakeFirstOrThrow()
    const size = { name: 'big', displaytext: 'big', cpunumber: String(cpunumber + 4), cpuspeed: '500', memory: '512' }
    const big = idOf(await run(call, 'createServiceOffering', size, 'serviceoffering'))
    const deploy = async (name: string) => {
      const guest = { ...zone.guest, networkids, name, startvm: 'false' }
      return String((await hugo.call('deployVirtualMachine', guest)).body.id)
    }
    const [one, two] = [await deploy('one'), await deploy('two')]
    const races: readonly {
      readonly command: Command
      /** The guest when room is asked for, and when it is held. */
      readonly before: Wanted
      readonly held: Wanted
      readonly most: readonly [kind: string, max: string]
    }[] = [
      {
        command: ['recoverVirtualMachine', { id: one }],
        before: { desired: 'Stopped' },
        held: { desired: 'Destroyed' },
        most: [VM, '1'],
      },
      // It was as big already, and would not grow.
      ...['scaleVirtualMachine', 'changeServiceForVirtualMachine'].map((command) => ({
        command: [command, { id: two, serviceofferingid: big }] as const,
        before: { offering: big },
        held: { offering: small },
        most: [CPU, String(2 * cpunumber)] as const,
      })),
    ]
    for (const { command, before, held, most } of races) {
      await limit(hugo.named, ...most)
      const become = (db: Kysely<Database>, values: Wanted) =>
        db
          .updateTable('guest')
          .set(values)
          .where('id', '=', command[1].id ?? '')
          .execute()
      await become(api.db, before)
      const statuses = await behind({ db: api.db, call }, (trx) => become(trx, held), command)
      expect({ command, statuses }).toEqual({ command, statuses: [532] })
      await become(api.db, { desired: 'Stopped', offering: small })
    }
  })

  it('are for those who are open when their things are held', async () => {
    await using kim = await tenant('kim')
    const networkids = await networkOf(kim.call, '10.8.1.1')
    const guest = { ...zone.guest, networkids, name: 'one', startvm: 'false' }
    const id = String((await kim.call('deployVirtualMachine', guest)).body.id)
    const become = (db: Kysely<Database>, state: 'enabled' | 'disabled') =>
      db.updateTable('account').set({ state }).where('id', '=', kim.accountid).execute()
    const shut = async (trx: Kysely<Database>) => {
      await lockAccounts(trx, [kim.accountid])
      await become(trx, 'disabled')
    }
    const calls: Command[] = [
      ['startVirtualMachine', { id }],
      ['deployVirtualMachine', { ...guest, name: 'two', ...kim.named }],
      ['createSSHKeyPair', { name: 'key', ...kim.named }],
    ]
    expect(await behind(api, shut, ...calls)).toEqual([534, 534, 534])
    // What runs again when a job is cancelled is started, too.
    await become(api.db, 'enabled')
    await call('startVirtualMachine', { id })
    const { body } = await call('stopVirtualMachine', { id })
    await become(api.db, 'disabled')
    const cancel = ['cancelAsyncJob', { jobid: String(body.jobid) }] as const
    expect(await call(...cancel)).toMatchObject({
      status: 534,
      body: { errortext: expect.stringMatching(/kim is dis/) },
    })
    // It may lose what it has.
    expect((await call('destroyVirtualMachine', { id })).status).toBe(200)
  })

  it('hold for all accounts of a domain together', async () => {
    await using bob = await tenant('bob')
    await using carol = await tenant('carol')
    const before = Number(await countOf({ domainid }, NETWORK))
    await limit({ domainid }, NETWORK, String(before + 6))
    await limit({ domainid }, IP, '-1')
    const make = (index: number) =>
      (index % 4 < 2 ? bob : carol).turn(index)('createNetwork', {
        ...{ zoneid: zone.zoneid, name: `n${index}`, gateway: '10.2.0.1', netmask, networkofferingid: zone.isolated },
      })
    expect(await atOnce(20, make)).toEqual([...Array(6).fill(200), ...Array(14).fill(532)])
    expect(await countOf({ domainid }, NETWORK)).toBe(before + 6)
    const [inBob, inCarol] = [await countOf(bob.named, NETWORK), await countOf(carol.named, NETWORK)]
    expect(Number(inBob) + Number(inCarol)).toBe(6)
  })

  it('count the address that a network will go out by, so that its router finds one', async () => {
    await using dora = await tenant('dora')
    await limit({ domainid }, NETWORK, '-1')
    await limit(dora.named, IP, '2')
    const networkid = await networkOf(dora.call, '10.3.0.1')
    expect(await atOnce(4, (index) => dora.turn(index)('associateIpAddress', { networkid }))).toEqual([
      ...[200, 532, 532, 532],
    ])
    expect(await countOf(dora.named, IP)).toBe(1)
    expect(
      await dora.call('createNetwork', {
        ...{ zoneid: zone.zoneid, name: 'n', gateway: '10.4.0.1', netmask, networkofferingid: zone.isolated },
      }),
    ).toMatchObject({ status: 532, body: { errortext: expect.stringMatching(/type public_ip is 2; it has 2/) } })
  })

  it('hold for the projects that an account manages, whoever made them', async () => {
    await using ivy = await tenant('ivy')
    await using jack = await tenant('jack')
    await limit(jack.named, PROJECT, '1')
    const made = async (name: string) => String((await ivy.call('createProject', { name })).body.id)
    const projects = [await made('p1'), await made('p2')]
    const join = (index: number, roletype: string) =>
      ivy.turn(index)('addAccountToProject', { projectid: projects[index] ?? '', account: 'jack', roletype })
    expect(await atOnce(2, (index) => join(index, 'Admin'))).toEqual([200, 532])
    expect(await countOf(jack.named, PROJECT)).toBe(1)
    expect((await jack.call('createProject', { name: 'p3' })).status).toBe(532)
    // Who only uses one has none of its own.
    const [left = ''] = (
      await api.db.selectFrom('project_account').select('project').where('account', '=', jack.accountid).execute()
    ).map(({ project }) => project)
    expect(
      (
        await join(
          projects.findIndex((id) => id !== left),
          'Regular',
        )
      ).status,
    ).toBe(200)
    expect(await countOf(jack.named, PROJECT)).toBe(1)
  })

  it("are CloudStack's defaults, of the account, unless they were set", async () => {
    await using erin = await tenant('erin')
    const limits = await list(erin.call, 'listResourceLimits', 'resourcelimit')
    expect(limits.map(({ resourcetype, resourcetypename, max }) => [resourcetype, resourcetypename, max])).toEqual([
      ['0', 'user_vm', 20],
      ['1', 'public_ip', 20],
      ['2', 'volume', 20],
      ['3', 'snapshot', 20],
      ['4', 'template', 20],
      ['5', 'project', 10],
      ['6', 'network', 20],
      ['7', 'vpc', 20],
      ['8', 'cpu', 40],
      ['9', 'memory', 40960],
      ['10', 'primary_storage', 200],
      ['11', 'secondary_storage', 400],
    ])
    expect(limits[0]).toMatchObject({ account: 'erin', domainid, domain: 'limited', domainpath: 'ROOT/limited' })
    await run(call, 'updateConfiguration', { name: 'max.account.user.vms', value: '7' }, 'configuration')
    const vm = { resourcetypename: 'user_vm' }
    expect((await list(erin.call, 'listResourceLimits', 'resourcelimit', vm))[0]?.max).toBe(7)
    await limit(erin.named, VM, '3')
    expect((await list(erin.call, 'listResourceLimits', 'resourcelimit', vm))[0]?.max).toBe(3)
    await run(call, 'updateConfiguration', { name: 'max.account.user.vms', value: '20' }, 'configuration')
    expect((await list(call, 'listResourceLimits', 'resourcelimit', vm))[0]?.max).toBe(-1)
  })

  it('are set by who is above, and within what is above', async () => {
    const boss = await makeAccount(call, 'boss', domainid, '2')
    await using as = await serveAs(api.url, api.jobs, await callerOf(api.db, boss))
    await using frank = await tenant('frank')
    const vm = { resourcetype: VM, max: '5' }
    expect((await as.call('updateResourceLimit', { ...vm, ...frank.named })).status).toBe(200)
    expect(await as.call('updateResourceLimit', { ...vm, account: 'boss', domainid })).toMatchObject({ status: 531 })
    expect(await as.call('updateResourceLimit', { ...vm, domainid })).toMatchObject({ status: 531 })
    expect(await as.call('updateResourceLimit', { ...vm, ...frank.named, max: '151' })).toMatchObject({
      status: 431,
      body: { errortext: expect.stringMatching(/domain ROOT\/limited may have 150/) },
    })
    expect(await frank.call('updateResourceLimit', { ...vm })).toMatchObject({ status: 432 })
    expect(await call('updateResourceLimit', { ...vm })).toMatchObject({
      status: 431,
      body: { errortext: expect.stringMatching(/have no limits: only -1 is/) },
    })
  })
})
