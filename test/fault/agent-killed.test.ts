import { type FaultPoint, faultPoints } from '@sysvm/agent'
import type { Health } from '@sysvm/agent/api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLab, until } from '../lab/index.ts'
import { createMachine, type TestMachine } from './agent/machine.ts'
import { commitAndConfirm, differenceOf, expectWholly, first, heldAs, second, specOf } from './agent/observe.ts'

type Lab = Awaited<ReturnType<typeof createLab>>

let lab: Lab
let machine: TestMachine

beforeEach(async () => {
  lab = await createLab('agent-kill')
  machine = await createMachine(lab)
  const agent = await machine.start()
  await commitAndConfirm(machine, first)
  await agent.stop('SIGKILL')
})
afterEach(async () => {
  await lab[Symbol.asyncDispose]()
})

/** Passed only when a commit is undone; the others are passed on the way to a confirmed generation. */
const isRollback = (point: FaultPoint): boolean => point.startsWith('rollback-') || point === 'rolled-back'

/** Where the old generation was in force for good, and where the new one was. */
const outcome = (point: FaultPoint) => (point === 'confirmed' ? second : first)

const toSecond = differenceOf(heldAs(specOf(first)), second)

/** A killed agent hangs up in the middle of an answer. */
const provoke = async (point: FaultPoint, as: 'whole' | 'difference' = 'whole'): Promise<void> => {
  await (as === 'whole' ? machine.put(specOf(second)) : machine.patch(toSecond.difference)).catch(() => undefined)
  const path = isRollback(point) ? '/v1/rollback' : '/v1/confirm'
  await machine.call('POST', path, { body: JSON.stringify({ generation: 2 }) }).catch(() => undefined)
}

describe('killed at each point and restarted, the machine is wholly in one generation', () => {
  it.for(faultPoints.map((point) => ({ point })))('$point', async ({ point }) => {
    const doomed = await machine.start({ fault: point })
    await provoke(point)
    expect(await doomed.ended).toBeNull()

    await machine.start()
    await expectWholly(machine, outcome(point))
    expect(await machine.status()).toMatchObject({ confirmed: outcome(point).generation, pending: null })
    // And it is not stuck: the next generation goes through.
    await commitAndConfirm(machine, { ...second, generation: 3 })
    await expectWholly(machine, { ...second, generation: 3 })
  })
})

describe('killed in the middle of a difference', () => {
  const points = ['stored', 'service-applied', 'confirmed'] as const

  it.for(points.map((point) => ({ point })))('$point', async ({ point }) => {
    const doomed = await machine.start({ fault: point })
    await provoke(point, 'difference')
    expect(await doomed.ended).toBeNull()

    const agent = await machine.start()
    await expectWholly(machine, outcome(point))
    // What is in force now can be built on, and what builds on it can be read from disk.
    const base = point === 'confirmed' ? toSecond.held : heldAs(specOf(first))
    const { difference } = differenceOf(base, { ...second, generation: 3 })
    expect(await machine.patch(difference)).toMatchObject({ status: 200, body: { state: 'pending' } })
    expect(await machine.call('POST', '/v1/confirm', { body: '{"generation":3}' })).toMatchObject({ status: 200 })
    await agent.stop('SIGKILL')
    await machine.reboot()
    await machine.start()
    await expectWholly(machine, { ...second, generation: 3 })
  })
})

describe('killed while it recovers from being killed', () => {
  const recovery = faultPoints.filter(isRollback)

  it.for(recovery.map((point) => ({ point })))('$point', async ({ point }) => {
    const doomed = await machine.start({ fault: 'service-applied' })
    await provoke('service-applied')
    expect(await doomed.ended).toBeNull()
    const again = await machine.start({ fault: point, await: 'nothing' })
    expect(await again.ended).toBeNull()

    await machine.start()
    await expectWholly(machine, first)
    const { lastFailure } = await machine.status()
    expect(lastFailure).toMatchObject({ code: 'SYSVM_COMMIT_INTERRUPTED', generation: 2 })
  })
})

describe('a reboot', () => {
  it('with the manager down returns to the confirmed generation', async () => {
    await machine.reboot()
    await machine.start()
    await until('it serves again', async () => (await machine.call<Health>('GET', '/v1/health')).body.healthy === true)
    await expectWholly(machine, first)
  })

  it('in the middle of a commit returns to the confirmed generation and tells why', async () => {
    const doomed = await machine.start({ fault: 'service-applied' })
    await provoke('service-applied')
    await doomed.ended
    await machine.reboot()
    await machine.start()
    await expectWholly(machine, first)
    expect((await machine.status()).lastFailure).toMatchObject({ code: 'SYSVM_COMMIT_INTERRUPTED', generation: 2 })
  })

  it('after a failed commit still tells of the failure', async () => {
    const agent = await machine.start()
    await machine.put(specOf(second, { firewall: { drop: [70000] } }))
    const { lastFailure } = await machine.status()
    await agent.stop('SIGKILL')
    await machine.reboot()
    await machine.start()
    expect((await machine.status()).lastFailure).toEqual(lastFailure)
    expect(lastFailure).toMatchObject({ code: 'SYSVM_CHECK_FAILED', service: 'netfilter', generation: 2 })
  })

  it('with a spec that was tampered with on disk serves nothing of it, and takes a new one', async () => {
    await machine.reboot()
    await machine.exec(['sed', '-i', 's/10.0.0.1/10.6.6.6/', '/var/lib/sysvm/generations/1/spec.json'])
    await machine.start()
    const status = await until('it has looked', async () => {
      const now = await machine.status()
      return now.lastFailure !== null && now
    })
    expect(status.lastFailure).toMatchObject({ code: 'SYSVM_SPEC_SIGNATURE', step: 'validate', generation: 1 })
    expect(await machine.exec(['nft', 'list', 'ruleset'])).toBe('')
    await commitAndConfirm(machine, second)
    await expectWholly(machine, second)
  })
})

it('a restarted agent disturbs nothing', async () => {
  const pid = await machine.exec(['cat', '/run/sysvm/dns.pid'])
  const rules = await machine.exec(['nft', '-a', 'list', 'ruleset'])
  await machine.start()
  await expectWholly(machine, first)
  expect(await machine.exec(['cat', '/run/sysvm/dns.pid'])).toBe(pid)
  expect(await machine.exec(['nft', '-a', 'list', 'ruleset'])).toBe(rules)
})
