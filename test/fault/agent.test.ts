import { Agent } from 'node:http'
import type { Plan, Status } from '@sysvm/agent/api'
import type { SpecDifference } from '@sysvm/agent/spec/difference'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLab, until } from '../lab/index.ts'
import { createMachine, type TestMachine } from './agent/machine.ts'
import { commitAndConfirm, differenceOf, expectWholly, first, heldAs, second, specOf } from './agent/observe.ts'

type Lab = Awaited<ReturnType<typeof createLab>>

let lab: Lab
let machine: TestMachine

beforeAll(async () => {
  lab = await createLab('agent')
  machine = await createMachine(lab)
  await machine.start()
  await commitAndConfirm(machine, first)
})
afterAll(async () => {
  await lab[Symbol.asyncDispose]()
})

const { dns, firewall } = specOf(second).services

describe('a difference', () => {
  const base = heldAs(specOf(first))
  const { difference } = differenceOf(base, second)

  it.for<[string, SpecDifference]>([
    ['to another generation', { ...difference, base: { ...difference.base, generation: 7 } }],
    ['to another document', { ...difference, base: { ...difference.base, digest: 'f'.repeat(64) } }],
    ['that leads elsewhere', { ...difference, digest: 'f'.repeat(32) }],
    ['that names another generation than its document', { ...difference, generation: 3 }],
    ['that does not fit', { ...difference, edits: [{ path: ['services', 'fax'], at: 0, drop: 0, add: [] }] }],
  ])('%s is no commit, and not a failed one', async ([, wrong]) => {
    expect(await machine.patch(wrong)).toMatchObject({ status: 409, body: { error: { code: 'SYSVM_SPEC_BASE' } } })
    expect(await machine.status()).toMatchObject({ confirmed: 1, pending: null, lastFailure: null })
  })

  it('of a stranger is refused', async () => {
    const { body, headers } = machine.signed(difference)
    const answer = await machine.call('PATCH', '/v1/spec', { body: body.replace('10.0.0.2', '10.0.0.3'), headers })
    expect(answer).toMatchObject({ status: 403, body: { error: { code: 'SYSVM_SPEC_SIGNATURE' } } })
  })

  it('is a commit like that of a whole spec, and the same bytes again are a retry', async () => {
    const answer = await machine.patch(difference)
    expect(answer).toMatchObject({ status: 200, body: { generation: 2, state: 'pending' } })
    expect(await machine.patch(difference)).toEqual(answer)
    await expectWholly(machine, second)
    expect(await machine.call('POST', '/v1/rollback')).toMatchObject({ status: 200, body: { confirmed: 1 } })
    await expectWholly(machine, first)
  })
})

describe('a spec that fails leaves the old generation serving', () => {
  const bad = [
    { step: 'validate', service: undefined, code: 'SYSVM_SPEC_INVALID', change: { dns: { listen: 7 } } },
    {
      step: 'render',
      service: 'firewall',
      code: 'SYSVM_RENDER_FAILED',
      change: { firewall: { ...firewall, breaks: true } },
    },
    { step: 'check', service: 'dns', code: 'SYSVM_CHECK_FAILED', change: { dns: { ...dns, extra: ['no-such-word'] } } },
    { step: 'check', service: 'netfilter', code: 'SYSVM_CHECK_FAILED', change: { firewall: { drop: [70000] } } },
    {
      step: 'apply',
      service: 'addresses',
      code: 'SYSVM_APPLY_FAILED',
      change: { addresses: { device: 'eth0', addresses: ['192.0.2.9/24', '192.0.2.300/24'] } },
    },
    { step: 'probe', service: 'dns', code: 'SYSVM_PROBE_FAILED', change: { dns: { ...dns, expect: 'nobody.test' } } },
  ]

  it.for(bad)('at $step of $service', async ({ step, service, code, change }) => {
    const answer = await machine.put(specOf(second, change))
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.body.error).toMatchObject({ code, details: { step } })
    if (service !== undefined) expect(answer.body.error.details).toMatchObject({ service })
    const status = await machine.status()
    expect(status).toMatchObject({ confirmed: 1, pending: null })
    expect(status.lastFailure).toMatchObject({ code, step, generation: 2 })
    await expectWholly(machine, first)
  })

  it('names the line and the words of the daemon', async () => {
    const answer = await machine.put(specOf(second, { dns: { ...dns, extra: ['no-such-word'] } }))
    expect(answer.body.error.details).toMatchObject({ line: 9 })
    expect(answer.body.error.message).toContain('bad option at line 9')
  })
})

describe('what is refused', () => {
  it('without our signature, and it is no failed commit', async () => {
    const before = await machine.status()
    const answer = await machine.put(specOf(second), { signature: Buffer.alloc(64).toString('base64') })
    expect(answer).toMatchObject({ status: 403, body: { error: { code: 'SYSVM_SPEC_SIGNATURE' } } })
    expect((await machine.status()).lastFailure).toEqual(before.lastFailure)
  })

  it('from the future', async () => {
    const answer = await machine.put({ ...specOf(second), version: 2 })
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'SYSVM_SPEC_FUTURE' } } })
  })

  it('for another machine', async () => {
    const answer = await machine.put({ ...specOf(second), name: 'r-2-VM' })
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'SYSVM_SPEC_INVALID' } } })
  })

  it('with a service that this firmware does not have', async () => {
    const answer = await machine.put(specOf(second, { teleport: {} }))
    expect(answer).toMatchObject({ status: 400, body: { error: { details: { unknown: ['teleport'] } } } })
  })

  it('the confirmed generation with other bytes; with the same ones it is a no-op', async () => {
    expect(await machine.put({ ...specOf(second), generation: 1 })).toMatchObject({
      status: 409,
      body: { error: { code: 'SYSVM_SPEC_CONFLICT' } },
    })
    expect(await machine.put(specOf(first))).toMatchObject({
      status: 200,
      body: { state: 'confirmed', generation: 1, actions: [] },
    })
  })

  it('a confirm over the connection of the commit', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const { body, headers } = machine.signed(specOf(second))
    expect(await machine.call('PUT', '/v1/spec', { body, headers, agent })).toMatchObject({ status: 200 })
    const confirm = { body: JSON.stringify({ generation: 2 }) }
    expect(await machine.call('POST', '/v1/confirm', { ...confirm, agent })).toMatchObject({
      status: 409,
      body: { error: { code: 'SYSVM_CONFIRM_CONNECTION' } },
    })
    agent.destroy()
    const other = specOf({ ...second, generation: 3 })
    expect(await machine.put(other)).toMatchObject({ status: 409, body: { error: { code: 'SYSVM_COMMIT_PENDING' } } })
    // The same bytes again are a retry, and are answered as before.
    expect(await machine.put(specOf(second))).toMatchObject({ status: 200, body: { state: 'pending', generation: 2 } })
    expect((await machine.call<Status>('POST', '/v1/rollback')).body).toMatchObject({
      confirmed: 1,
      pending: null,
      lastFailure: { code: 'SYSVM_ROLLED_BACK', generation: 2 },
    })
    await expectWholly(machine, first)
  })
})

it('plans without touching anything, and shows a secret as a fingerprint', async () => {
  const { body, headers } = machine.signed(specOf(second))
  const { body: plan } = await machine.call<Plan>('POST', '/v1/plan', { body, headers })
  expect(plan.generation).toBe(2)
  expect(plan.files.find(({ path }) => path === 'dns/dnsmasq.conf')?.diff).toContain(
    '-address=/who.test/10.0.0.1\n+address=/who.test/10.0.0.2\n',
  )
  expect(plan.files.find(({ path }) => path === 'dns/secret')?.diff).toMatch(/^-sha256:\w{16}\n\+sha256:\w{16}\n$/)
  expect(plan.netfilter).toContain('2222')
  expect(plan.actions.map(({ service, verb }) => `${service} ${verb}`)).toEqual(['addresses update', 'dns restart'])
  await expectWholly(machine, first)
})

it('rolls back by itself when nobody confirms, and says so', async () => {
  expect(await machine.put(specOf(second), { confirm: 1 })).toMatchObject({ status: 200 })
  await expectWholly(machine, second)
  const status = await until('it has rolled back', async () => {
    const now = await machine.status()
    return now.pending === null && now
  })
  expect(status).toMatchObject({
    confirmed: 1,
    lastFailure: { code: 'SYSVM_CONFIRM_TIMEOUT', step: 'confirm', generation: 2 },
  })
  await expectWholly(machine, first)
})

it('names what drifted', async () => {
  await machine.exec(['nft', 'flush', 'chain', 'inet', 'sysvm_test', 'input'])
  await machine.exec(['sh', '-c', 'echo more >> /run/sysvm/live/dns/dnsmasq.conf'])
  const { body } = await machine.call<{ differences: { service: string; what: string }[] }>('GET', '/v1/drift')
  expect(body.differences.map(({ service }) => service).sort()).toEqual(['dns', 'netfilter'])
  // The next commit finds a kernel that is not as it was left, and replaces the ruleset wholly.
  await commitAndConfirm(machine, second)
  await expectWholly(machine, second)
})
