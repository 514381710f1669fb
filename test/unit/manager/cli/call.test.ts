import { SysvmError } from '@sysvm/errors'
import { exitOf } from '@sysvm/manager/cli/exit'
import { expect, test } from 'vitest'
import { type Answers, Refusal, startManager, sysvm } from './fixture.ts'

const apis = {
  count: 2,
  api: [
    {
      name: 'listZones',
      description: 'Lists zones.',
      isasync: false,
      params: [{ name: 'name', type: 'string', required: false, description: 'the zone with this name' }],
    },
    {
      name: 'createNetwork',
      description: 'Makes a network.',
      isasync: true,
      params: [
        { name: 'name', type: 'string', required: true, description: 'its name' },
        { name: 'zoneid', type: 'uuid', required: true, description: 'where' },
        { name: 'tags', type: 'map', required: false, description: 'labels' },
      ],
    },
  ],
}

const answers = (more: Answers = {}): Answers => ({ listApis: () => apis, ...more })

test('a list becomes a table with the best-known columns first', async () => {
  const zones = {
    count: 2,
    zone: [
      { allocationstate: 'Enabled', name: 'demo', id: 'a1' },
      { allocationstate: 'Disabled', name: 'other', id: 'b2' },
    ],
  }
  await using manager = await startManager(answers({ listZones: () => zones }))
  const { out } = await sysvm(manager.url, ['call', 'listzones', 'name=demo'])
  expect(out).toBe('id  name   allocationstate\na1  demo   Enabled\nb2  other  Disabled\n2 in all\n')
  expect(manager.calls.at(-1)).toEqual({ command: 'listZones', response: 'json', name: 'demo' })
})

test('--json prints the answer and nothing else', async () => {
  await using manager = await startManager(answers({ listZones: () => ({}) }))
  const { out, err } = await sysvm(manager.url, ['call', 'listZones', '--json'])
  expect([out, err]).toEqual(['{}\n', ''])
})

test('an empty list says so', async () => {
  await using manager = await startManager(answers({ listZones: () => ({}) }))
  expect((await sysvm(manager.url, ['call', 'listZones'])).out).toBe('nothing found\n')
})

test('an asynchronous command waits for its job', async () => {
  let looks = 0
  const job = (): object => {
    looks++
    return looks < 3
      ? { jobid: 'j', jobstatus: 0 }
      : { jobid: 'j', jobstatus: 1, jobresult: { network: { id: 'n1', name: 'blue' } } }
  }
  await using manager = await startManager(
    answers({ createNetwork: () => ({ jobid: 'j', id: 'n1' }), queryAsyncJobResult: job }),
  )
  const { out, err } = await sysvm(manager.url, ['call', 'createNetwork', 'name=blue', 'zoneid=z', 'tags[0].key=a'])
  expect(out).toBe('id    n1\nname  blue\n')
  expect(err).toBe('✓ createNetwork  0.0 s\n')
  expect(looks).toBe(3)
})

test('--no-wait prints the job', async () => {
  await using manager = await startManager(answers({ createNetwork: () => ({ jobid: 'j', id: 'n1' }) }))
  const { out } = await sysvm(manager.url, ['call', 'createNetwork', 'name=blue', 'zoneid=z', '--no-wait'])
  expect(out).toBe('jobid  j\nid     n1\n')
})

test('a failed job is an error with its text', async () => {
  const job = (): object => ({ jobstatus: 2, jobresult: { errorcode: 533, errortext: 'no address is left' } })
  await using manager = await startManager(answers({ createNetwork: () => ({ jobid: 'j' }), queryAsyncJobResult: job }))
  const { error } = await sysvm(manager.url, ['call', 'createNetwork', 'name=blue', 'zoneid=z'])
  expect(error).toMatchObject({ code: 'SYSVM_JOB_FAILED', message: 'createNetwork: no address is left (533)' })
  expect(exitOf(error)).toBe(1)
})

test('a job that outlasts --timeout is an error that names it', async () => {
  await using manager = await startManager(
    answers({ createNetwork: () => ({ jobid: 'j' }), queryAsyncJobResult: () => ({ jobstatus: 0 }) }),
  )
  const { error } = await sysvm(manager.url, ['call', 'createNetwork', 'name=b', 'zoneid=z', '--timeout', '1'])
  expect(error).toMatchObject({ code: 'SYSVM_TIMEOUT', message: 'createNetwork: job j still runs after 1 s' })
  expect(exitOf(error)).toBe(6)
})

test('what the manager refuses is an error with its code', async () => {
  const refuse = (): object => {
    throw new Refusal(431, 'the name is taken')
  }
  await using manager = await startManager(answers({ listZones: refuse }))
  const { error } = await sysvm(manager.url, ['call', 'listZones'])
  expect(error).toMatchObject({ code: 'SYSVM_API_REFUSED', message: 'listZones: the name is taken (431)' })
})

test.each([
  [['call', 'listZone'], 'the manager has no command listZone; did you mean listZones?'],
  [['call', 'reboot'], 'the manager has no command reboot; see: sysvm call'],
  [['call', 'listZones', 'nam=x'], 'listZones takes no parameter nam; did you mean name?'],
  [['call', 'listZones', 'x'], 'x is not key=value; see: sysvm call listZones --help'],
  [['call', 'createNetwork', 'tags[0].key=a'], 'createNetwork needs name=… zoneid=…'],
  [['call', 'createNetwork', 'name=a', 'zoneid=b', '--timeout', 'soon'], '--timeout soon is not a number of seconds'],
])('%j is refused before anything is sent', async (words, message) => {
  await using manager = await startManager(answers())
  const { error } = await sysvm(manager.url, words)
  expect(error).toMatchObject({ code: 'SYSVM_USAGE', message })
  expect(exitOf(error)).toBe(2)
  expect(manager.calls.map((call) => call.command)).toEqual(['listApis'])
})

test('without a command it lists all of them', async () => {
  await using manager = await startManager(answers())
  const { out } = await sysvm(manager.url, ['call'])
  expect(out).toBe('command        meaning\ncreateNetwork  Makes a network.\nlistZones      Lists zones.\n')
})

test('help for a command comes from the manager', async () => {
  await using manager = await startManager(answers())
  const { out } = await sysvm(manager.url, ['call', 'createNetwork', '--help'])
  expect(out).toBe(`usage: sysvm call createNetwork [key=value…]

Makes a network. Asynchronous: sysvm waits for its job.

parameter  type              meaning
name       string  required  its name
zoneid     uuid    required  where
tags       map               labels
`)
})

test('no manager is an error of its own', async () => {
  const { error } = await sysvm('http://127.0.0.1:1/client/api', ['call'])
  expect(error).toBeInstanceOf(SysvmError)
  expect(error).toMatchObject({ code: 'SYSVM_API_UNREACHABLE' })
  expect(exitOf(error)).toBe(3)
})
