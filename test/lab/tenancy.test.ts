import { commands } from '@sysvm/manager/api/commands'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Pairs } from './badinput/serve.ts'
import { NOBODY } from './refusals.ts'
import { openTenants, type Tenants } from './tenancy/lab.ts'
import { growingCalls } from './tenancy/shut.ts'
import { type Ids, judge, readIds, references, roleOf, type Stranger, strangers } from './tenancy/walk.ts'

let tenants: Tenants
let ids: Ids
let before: Readonly<Record<string, string>>
beforeAll(async () => {
  tenants = await openTenants()
  ids = await readIds(tenants)
  before = await tenants.digest()
})
afterAll(() => tenants?.close())

/** Ids of the other tenant's things in an answer, whatever it is; her domain is the neighbour's too. */
const leaks = (answer: unknown, who?: Stranger): string[] =>
  (JSON.stringify(answer).match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? []).filter(
    (id) => ids.secret.has(id) && !(who === 'neighbour' && id === tenants.domains.sales),
  )

/** What lists need to answer at all. */
const needed = (name: string): Readonly<Record<string, string>> => {
  const { at } = tenants
  const needs: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    listLBHealthCheckPolicies: { lbruleid: at.web },
    listLBStickinessPolicies: { lbruleid: at.web },
    listLoadBalancerRuleInstances: { id: at.web },
    listNics: { virtualmachineid: at.guest },
    listResourceDetails: { resourcetype: 'Vpc' },
    listTemplates: { templatefilter: 'executable' },
    listUsageRecords: { startdate: '2026-01-01', enddate: '2026-01-02' },
  }
  return needs[name] ?? {}
}

/** Lists of what is everybody's, and of what there is none of, so far. */
const OF_NOBODY =
  /^list(AffinityGroupTypes|Apis|Capabilities|ConsoleSessions|(Disk|Network|Service|VPC)Offerings|EventTypes|GuestNetworkIpv6Prefixes|Hypervisors|Isos|Ldap\w+|Os\w+|ResourceDetails|Snapshot\w*|SupportedNetworkServices|Templates|Usage\w+|VMSnapshot|Volumes|Zones)$/

/** Ways to ask a list that takes the parameter. */
const WORDS = ['n1', 'one', '203.0.113.20']

const filtersOf = (params: Readonly<Record<string, { readonly type: string }>>): Pairs[] => {
  const known = (name: string): boolean => name in params
  const all: Pairs = known('listall') ? [['listall', 'true']] : []
  const owners: Pairs[] = [
    [],
    all,
    [...all, ['account', 'alice'], ['domainid', tenants.domains.sales]],
    [...all, ['domainid', tenants.domains.sales]],
    [...all, ['domainid', tenants.domains.sales], ['isrecursive', 'true']],
    [...all, ['domainid', tenants.domains.research], ['isrecursive', 'true']],
    [...all, ['isrecursive', 'true']],
    [...all, ['projectid', tenants.project]],
    [...all, ['account', 'bob'], ['domainid', tenants.domains.research]],
  ].filter((pairs) => pairs.every(([name]) => known(name))) as Pairs[]
  const others = Object.entries(params).flatMap(([name, { type }]): Pairs[] => {
    if (['listall', 'isrecursive', 'page', 'pagesize'].includes(name)) return []
    if (type === 'boolean')
      return [
        [...all, [name, 'true']],
        [...all, [name, 'false']],
      ]
    // An id in a text is no way to a thing either.
    const words = name === 'keyword' ? [...WORDS, tenants.at.guest] : WORDS
    return type === 'string' ? words.map((word) => [...all, [name, word]]) : []
  })
  return [...owners, ...others]
}

describe("another tenant's things", () => {
  it.each(strangers)('answer %s as what is not there, whichever command and parameter names them', async (who) => {
    const problems: (string | undefined)[] = []
    for (const reference of references) problems.push(await judge(reference, who, tenants, ids))
    expect(problems.filter((problem) => problem !== undefined)).toEqual([])
    expect(await tenants.digest()).toEqual(before)
  })

  it.each(strangers)('are in no list of %s, whatever it asks for', async (who) => {
    const role = roleOf(who)
    const problems: string[] = []
    for (const command of commands) {
      if (!command.name.startsWith('list') || !command.authorized.includes(role)) continue
      for (const pairs of filtersOf(command.params)) {
        const given = new Set(pairs.map(([name]) => name))
        const also = Object.entries(needed(command.name)).filter(
          ([name]) => !given.has(name) && name !== 'virtualmachineid',
        )
        const { status, body } = await tenants[who].send(command, [...also, ...pairs])
        const asked = new Set([...also, ...pairs].map(([, value]) => value))
        const leaked = status === 200 ? leaks(body, who) : leaks(body, who).filter((id) => !asked.has(id))
        if (leaked.length > 0 || ![200, 431, 531].includes(status))
          problems.push(
            `${command.name} ${JSON.stringify(pairs)} answers ${status}: ${leaked.join() || body.errortext}`,
          )
      }
    }
    expect(problems).toEqual([])
    expect(tenants[who].unexpected.splice(0)).toEqual([])
    expect(await tenants.digest()).toEqual(before)
  })

  it('are in the lists of their owner, but for the kinds that nobody has', async () => {
    const empty: string[] = []
    for (const { name, params, authorized } of commands) {
      if (!name.startsWith('list') || !authorized.includes('User') || OF_NOBODY.test(name)) continue
      const all: Readonly<Record<string, string>> = 'listall' in params ? { listall: 'true' } : {}
      const { status, body } = await tenants.alice.call(name, { ...needed(name), ...all })
      if (status !== 200) empty.push(`${name} answers ${status}: ${body.errortext}`)
      else if (leaks(body).length === 0) empty.push(name)
    }
    expect(empty).toEqual([])
  })
})

describe('who is shut out', () => {
  it.each(['locked', 'disabled'] as const)(
    'is given nothing while it is %s, and nothing of it runs again',
    async (state) => {
      const { db, root } = tenants
      const calls = growingCalls(tenants)
      expect(calls.length).toBeGreaterThan(35)
      await db.updateTable('account').set({ state }).where('name', '<>', 'admin').execute()
      const shut = await tenants.digest()
      const answers: unknown[] = []
      for (const { command, call } of calls) {
        const { status, body } = await root.call(command, call)
        if (status !== 534 || !/it may have nothing new/.test(String(body.errortext)))
          answers.push({ command, status, errortext: body.errortext })
      }
      expect(answers).toEqual([])
      // That a command failed is an event.
      const { 'public.event': _, ...rest } = await tenants.digest()
      expect(rest).toEqual(Object.fromEntries(Object.entries(shut).filter(([table]) => table !== 'public.event')))
      await db.updateTable('account').set({ state: 'enabled' }).execute()
      before = { ...before, 'public.event': (await tenants.digest())['public.event'] ?? '' }
      expect(await tenants.digest()).toEqual(before)
    },
  )
})

describe('the result of a job', () => {
  it('tells its owner of what it may see, and nobody of what it may not', async () => {
    const { db, root, alice, bob, accounts } = tenants
    const jobs = await db.selectFrom('async_job').selectAll().execute()
    await db.updateTable('async_job').set({ jobstatus: 1, completed: new Date() }).execute()
    const resultAs = async (who: typeof root, account: string, id: string): Promise<unknown> => {
      await db.updateTable('async_job').set({ account }).where('id', '=', id).execute()
      return (await who.call('queryAsyncJobResult', { jobid: id })).body.jobresult
    }
    const problems: unknown[] = []
    for (const { id, cmd, account } of jobs) {
      const whole = await resultAs(root, account, id)
      const hers = await resultAs(alice, accounts.alice, id)
      const his = await resultAs(bob, accounts.bob, id)
      // Her domain is in answers about her neighbour too.
      const hersAlone = leaks(whole, 'neighbour').length > 0
      const open = commands.find(({ name }) => name === cmd)?.authorized.includes('User')
      const same = JSON.stringify(hers) === JSON.stringify(whole)
      const nothing = JSON.stringify(his) === JSON.stringify({ success: true })
      if (leaks(his).length > 0 || (hersAlone && !nothing) || (hersAlone && open && !same))
        problems.push({ cmd, ...(JSON.stringify(hers) !== JSON.stringify(whole) && { whole, hers }), his })
      await db.updateTable('async_job').set({ account }).where('id', '=', id).execute()
    }
    expect(problems).toEqual([])
    await db.updateTable('async_job').set({ jobstatus: 0, completed: null }).execute()
    for (const { id, jobstatus, completed } of jobs)
      await db.updateTable('async_job').set({ jobstatus, completed }).where('id', '=', id).execute()
    before = await tenants.digest()
  })
})

describe('the password of a guest', () => {
  it('is told by the job that set it, and by no earlier one', async () => {
    const { db, root, at } = tenants
    const reset = async (password: string): Promise<string> =>
      String((await root.call('resetPasswordForVirtualMachine', { id: at.stopped, password })).body.jobid)
    const jobs = [await reset('the-first-one'), await reset('the-second-one')]
    const told = async () => {
      const answers = await Promise.all(jobs.map((jobid) => root.call('queryAsyncJobResult', { jobid })))
      return answers.map(({ body }) => JSON.stringify(body.jobresult).match(/the-\w+-one/)?.[0])
    }
    await db.updateTable('async_job').set({ jobstatus: 1, completed: new Date() }).where('id', 'in', jobs).execute()
    expect(await told()).toEqual([undefined, 'the-second-one'])
    await root.call('resetSSHKeyForVirtualMachine', { id: at.stopped, keypair: 'key' })
    expect(await told()).toEqual([undefined, undefined])
    before = await tenants.digest()
  })
})

describe('what an account is given', () => {
  it('is made of its own things alone, also by an administrator', async () => {
    const { root, at, domains } = tenants
    const bob = { account: 'bob', domainid: domains.research }
    const guest = { zoneid: at.zone, serviceofferingid: at.serviceoffering, templateid: at.template }
    const refused = { status: 531, body: { errorcode: 531 } }
    expect(
      await root.call('deployVirtualMachine', { ...guest, ...bob, networkids: at.network, name: 'x' }),
    ).toMatchObject(refused)
    expect(await root.call('associateIpAddress', { ...bob, networkid: at.network })).toMatchObject(refused)
    expect(
      await root.call('createNetwork', {
        ...{ ...bob, zoneid: at.zone, name: 'x', gateway: '10.8.9.1', netmask: '255.255.255.0' },
        ...{ networkofferingid: at.tieroffering, vpcid: at.vpc },
      }),
    ).toMatchObject(refused)
    const [hisRule] = ids.own.bob.get('load_balancer_rule') ?? []
    expect(
      await root.call('assignCertToLoadBalancer', { lbruleid: String(hisRule), certid: at.unusedcert }),
    ).toMatchObject(refused)
    const [hisNetwork] = ids.own.bob.get('network') ?? []
    expect(
      await root.call('deployVirtualMachine', {
        ...{ ...guest, ...bob, networkids: String(hisNetwork), name: 'x', userdataid: at.userdata },
      }),
    ).toMatchObject(refused)
    // That a command failed is an event.
    expect({ ...(await tenants.digest()), 'public.event': before['public.event'] }).toEqual(before)
  })

  it('is found by name among its own', async () => {
    const { bob, at } = tenants
    const [hisNetwork] = ids.own.bob.get('network') ?? []
    const guest = { zoneid: at.zone, serviceofferingid: at.serviceoffering, templateid: at.template }
    expect(
      await bob.call('deployVirtualMachine', { ...guest, networkids: String(hisNetwork), keypair: 'spare' }),
    ).toMatchObject({ status: 431, body: { errortext: expect.stringMatching(/no key pair is named 'spare'/) } })
    expect(
      await bob.call('deleteSSHKeyPair', { name: 'key', account: 'alice', domainid: tenants.domains.sales }),
    ).toEqual(
      await bob.call('deleteSSHKeyPair', { name: 'key', account: 'alice', domainid: NOBODY }).then((unknown) => ({
        ...unknown,
        body: { ...unknown.body, errortext: String(unknown.body.errortext).replaceAll(NOBODY, tenants.domains.sales) },
      })),
    )
  })
})
