import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { managerKeyOf } from '@sysvm/agent/commit/document'
import type { Known } from '@sysvm/agent/commit/journal'
import type { Machine } from '@sysvm/agent/commit/machine'
import { openStore, type Store } from '@sysvm/agent/commit/store'
import { readStored, refuseLongChain, settle } from '@sysvm/agent/commit/stored'
import { defineService } from '@sysvm/agent/service'
import { differenceTo, type HeldSpec } from '@sysvm/agent/spec/difference'
import { isSysvmError } from '@sysvm/errors'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const managerKey = managerKeyOf(publicKey.export({ type: 'spki', format: 'der' }).toString('base64'))
const counter = defineService({
  name: 'counter',
  schema: z.strictObject({ list: z.array(z.int()) }),
  render: () => ({ files: [] }),
  plan: () => [],
  apply: async () => undefined,
  health: async () => undefined,
})

let folder: string
let store: Store
let machine: Machine
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sysvm-stored-'))
  reopen()
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** As an agent that has just started sees the disk. */
const reopen = (): void => {
  store = openStore(folder)
  const identity = { name: 'r-1-VM', role: 'router', managerKey }
  machine = { store, identity, services: [counter], inForce: null, pending: null } as unknown as Machine
}

const specOf = (generation: number) => ({
  ...{ version: 1, generation, name: 'r-1-VM', role: 'router' },
  services: { counter: { list: Array.from({ length: generation }, (_, index) => index) } },
})

const signed = (value: unknown) => {
  const bytes = Buffer.from(JSON.stringify(value))
  return { bytes, signature: sign(null, bytes, privateKey).toString('base64') }
}

/** Generation 1 as a whole, each further one as a difference to the one before. */
const writeChain = async (length: number): Promise<readonly Known[]> => {
  const whole = signed(specOf(1))
  await store.writeSpec(1, whole)
  const digest = createHash('sha256').update(whole.bytes).digest('hex')
  const chain: HeldSpec[] = [{ generation: 1, digest, document: specOf(1) }]
  for (let generation = 2; generation <= length; generation++) {
    const told = differenceTo(chain.at(-1) as HeldSpec, specOf(generation))
    if (told === undefined) throw new Error('no difference')
    await store.writeSpec(generation, { ...signed(told.difference), base: told.difference.base })
    chain.push(told.held)
  }
  return chain
}

const codeOf = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => 'read',
    (error: unknown) => (isSysvmError(error) ? error.code : error),
  )

it('replays differences on the whole document that they began with', async () => {
  const chain = await writeChain(6)
  reopen()
  const told = await readStored(machine, chain.at(-1) as Known)
  expect(told.json).toEqual(specOf(6))
  expect(told).toMatchObject({ generation: 6, digest: chain.at(-1)?.digest, spec: specOf(6) })
})

it('keeps the documents that the newest few build on, and no more', async () => {
  await writeChain(9)
  await store.prune([9])
  expect(await store.list()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  await store.writeSpec(10, signed(specOf(10)))
  for (let generation = 11; generation <= 14; generation++)
    await store.writeSpec(generation, signed(specOf(generation)))
  await store.prune([14])
  expect(await store.list()).toEqual([10, 11, 12, 13, 14])
})

it('writes a document that many differences lead to, which then needs them no longer', async () => {
  const chain = await writeChain(12)
  reopen()
  const last = chain.at(-1) as Known
  machine.inForce = { ...(await readStored(machine, last)), rendered: {}, ruleset: { tables: [] } }
  await settle(machine)
  expect(await store.distance(12)).toBe(0)
  for (const generation of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) await store.remove(generation)
  reopen()
  expect((await readStored(machine, last)).json).toEqual(specOf(12))
})

it('does not take a written result for the document when it is another one', async () => {
  const chain = await writeChain(3)
  await writeFile(`${folder}/generations/3/result.json`, JSON.stringify(specOf(4)))
  reopen()
  const last = chain.at(-1) as Known
  expect((await readStored(machine, last)).json).toEqual(specOf(3))
  await store.remove(2)
  expect(await codeOf(readStored(machine, last))).not.toBe('read')
})

it('refuses what was changed on disk, wherever in the chain', async () => {
  const chain = await writeChain(3)
  const other = differenceTo({ generation: 1, digest: chain[0]?.digest ?? '', document: specOf(1) }, specOf(2))
  await writeFile(`${folder}/generations/2/difference.json`, JSON.stringify({ ...other?.difference, edits: [] }))
  expect(await codeOf(readStored(machine, chain.at(-1) as Known))).toBe('SYSVM_SPEC_SIGNATURE')
  await store.writeSpec(2, signed(specOf(2)))
  expect(await codeOf(readStored(machine, chain.at(-1) as Known))).toBe('SYSVM_SPEC_CONFLICT')
})

it('takes only so many differences in a row', async () => {
  await writeChain(66)
  expect(await codeOf(refuseLongChain(machine, 64))).toBe('read')
  expect(await codeOf(refuseLongChain(machine, 65))).toBe('SYSVM_SPEC_BASE')
})
