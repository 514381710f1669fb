import { generateKeyPairSync, sign } from 'node:crypto'
import { managerKeyOf, readDocument } from '@sysvm/agent/commit/document'
import { defineService } from '@sysvm/agent/service'
import { isSysvmError, SysvmError } from '@sysvm/errors'
import { expect, it } from 'vitest'
import { z } from 'zod'

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const identity = {
  name: 'r-1-VM',
  role: 'router',
  managerKey: managerKeyOf(publicKey.export({ format: 'der', type: 'spki' }).toString('base64')),
}

const echo = defineService({
  name: 'echo',
  schema: z.strictObject({ port: z.int(), words: z.string().default('hello') }),
  validate: ({ port }, { name }) => {
    if (port === 13) throw new SysvmError('SYSVM_SPEC_INVALID', `${name} has no luck with port 13.`)
  },
  render: () => ({ files: [] }),
  plan: () => [],
  apply: async () => undefined,
  health: async () => undefined,
})

const good = { version: 1, generation: 4, name: 'r-1-VM', role: 'router', services: { echo: { port: 7 } } }

const read = (text: string, key = privateKey) => {
  const bytes = Buffer.from(text)
  return readDocument({ bytes, signature: sign(null, bytes, key).toString('base64') }, identity, [echo])
}

const refused = (text: string, key = privateKey): { code: string; message: string } => {
  try {
    read(text, key)
  } catch (error) {
    if (isSysvmError(error)) return { code: error.code, message: error.message }
  }
  throw new Error('it was accepted')
}

it('fills in what a service leaves to its default', () => {
  expect(read(JSON.stringify(good)).spec.services).toEqual({ echo: { port: 7, words: 'hello' } })
})

it('looks at the signature before anything else', () => {
  const stranger = generateKeyPairSync('ed25519').privateKey
  expect(refused('not even JSON', stranger).code).toBe('SYSVM_SPEC_SIGNATURE')
  expect(refused(JSON.stringify(good), stranger).code).toBe('SYSVM_SPEC_SIGNATURE')
})

it('refuses a newer format as such, though it does not know its fields', () => {
  expect(refused(JSON.stringify({ version: 2, somethingNew: true })).code).toBe('SYSVM_SPEC_FUTURE')
})

it.for([
  ['not JSON', 'secret-not-json', 'The spec is not JSON.'],
  ['no generation', { ...good, generation: undefined }, 'The spec does not fit: generation: '],
  ['an unknown field', { ...good, colour: 'red' }, 'The spec does not fit: '],
  ['an unknown service', { ...good, services: { fax: {} } }, 'This firmware has no service fax in the role router'],
  ['a wrong field', { ...good, services: { echo: { port: 'x' } } }, 'The spec does not fit: services.echo.port: '],
  [
    'another name',
    { ...good, name: 'r-2-VM' },
    'The spec is for the router r-2-VM, but this machine is the router r-1-VM.',
  ],
  ['another role', { ...good, role: 'storage' }, 'The spec is for the storage r-1-VM'],
  ['a rule across services', { ...good, services: { echo: { port: 13 } } }, 'r-1-VM has no luck with port 13.'],
] as const)('refuses %s', ([, spec, message]) => {
  const error = refused(typeof spec === 'string' ? spec : JSON.stringify(spec))
  expect(error.code).toBe('SYSVM_SPEC_INVALID')
  expect(error.message).toContain(message)
})
