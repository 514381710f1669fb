import { afterEach, beforeEach, expect, it } from 'vitest'
import { createLab } from '../lab/index.ts'
import { createMachine, type TestMachine } from './agent/machine.ts'
import { commitAndConfirm, expectWholly, first, second, specOf } from './agent/observe.ts'

type Lab = Awaited<ReturnType<typeof createLab>>

let lab: Lab
let machine: TestMachine

beforeEach(async () => {
  lab = await createLab('agent-disk')
  machine = await createMachine(lab, 'm', '256k')
  await machine.start()
  await commitAndConfirm(machine, first)
})
afterEach(async () => {
  await lab[Symbol.asyncDispose]()
})

const fill = () => machine.exec(['sh', '-c', 'cat /dev/zero > /var/lib/sysvm/ballast 2> /dev/null || true'])
const free = () => machine.exec(['rm', '/var/lib/sysvm/ballast'])

it('a full disk fails the commit cleanly, and the next one succeeds when there is space', async () => {
  await fill()
  expect(await machine.put(specOf(second))).toMatchObject({
    status: 507,
    body: { error: { code: 'SYSVM_STORAGE_FULL', details: { step: 'stage' } } },
  })
  await expectWholly(machine, first)
  expect(await machine.status()).toMatchObject({
    confirmed: 1,
    pending: null,
    lastFailure: { code: 'SYSVM_STORAGE_FULL', step: 'stage', generation: 2 },
  })
  await free()
  await commitAndConfirm(machine, second)
  await expectWholly(machine, second)
})

it('a disk that fills before the confirm leaves the commit pending; it can still be undone', async () => {
  expect(await machine.put(specOf(second))).toMatchObject({ status: 200 })
  await fill()
  const body = JSON.stringify({ generation: 2 })
  expect(await machine.call('POST', '/v1/confirm', { body })).toMatchObject({
    status: 507,
    body: { error: { code: 'SYSVM_STORAGE_FULL', details: { step: 'confirm' } } },
  })
  expect((await machine.status()).pending).toMatchObject({ generation: 2 })
  expect(await machine.call('POST', '/v1/rollback')).toMatchObject({
    status: 200,
    body: { confirmed: 1, pending: null },
  })
  await expectWholly(machine, first)
})

it('keeps few old generations on disk and in memory', async () => {
  for (let generation = 2; generation <= 9; generation += 1) {
    await commitAndConfirm(machine, { ...(generation % 2 === 0 ? second : first), generation })
  }
  expect((await machine.call('GET', '/v1/generations')).body).toEqual([
    { generation: 5, state: 'previous' },
    { generation: 6, state: 'previous' },
    { generation: 7, state: 'previous' },
    { generation: 8, state: 'previous' },
    { generation: 9, state: 'confirmed' },
  ])
  expect((await machine.exec(['ls', '/run/sysvm/generations'])).trim()).toBe('9')
})
