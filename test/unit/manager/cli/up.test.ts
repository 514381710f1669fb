import { createClient } from '@sysvm/manager/cli/client'
import { awaitProof, factsFrom } from '@sysvm/manager/cli/cloud/proof'
import { ensureZone } from '@sysvm/manager/cli/cloud/zone'
import { chooseDriver } from '@sysvm/manager/cli/driver'
import { settingsFrom } from '@sysvm/manager/cli/settings'
import { mountsBelow } from '@sysvm/manager/cli/setup/down'
import { takeLock } from '@sysvm/manager/cli/setup/lock'
import { describe, expect, test } from 'vitest'
import { type Answers, type Fields, startManager } from './fixture.ts'

describe('the driver', () => {
  const probe = (works: boolean) => async () => ({ works, why: 'probed' })
  test('is what was asked for, else what the probe says', async () => {
    expect(await chooseDriver('kvm', undefined, probe(false))).toEqual({ driver: 'kvm', why: 'as asked' })
    expect(await chooseDriver(undefined, undefined, probe(true))).toEqual({ driver: 'kvm', why: 'probed' })
    expect(await chooseDriver(undefined, undefined, probe(false))).toEqual({ driver: 'container', why: 'probed' })
  })
  test('of a cloud that is there stays', async () => {
    expect(await chooseDriver(undefined, 'container', probe(true))).toMatchObject({ driver: 'container' })
    expect(await chooseDriver('container', 'container', probe(true))).toMatchObject({ driver: 'container' })
    await expect(chooseDriver('kvm', 'container', probe(true))).rejects.toMatchObject({ code: 'SYSVM_UP_DRIVER' })
  })
})

test("the guest's facts are read from its console, the newest of each", () => {
  const log =
    'boot\r\n[ 1.2] sysvm-guest: address=10.1.1.5\r\nsysvm-guest: fetched=old\nsysvm-guest: fetched=hello 1.2.3.4\r\n'
  expect(factsFrom(log)).toEqual({ address: '10.1.1.5', fetched: 'hello 1.2.3.4' })
})

test('without proof the error shows the end of the console', async () => {
  const answers = { getConsoleLog: () => ({ consolelog: { log: 'sysvm-guest: address=10.1.1.5\nno route\n' } }) }
  await using manager = await startManager(answers)
  await expect(awaitProof(createClient(manager.url), 'id', 50, () => {})).rejects.toMatchObject({
    code: 'SYSVM_NO_PROOF',
    message: 'the guest did not reach the outside; its console ends with:\nsysvm-guest: address=10.1.1.5\nno route',
  })
})

test('mounts below a folder are found with odd names, the deepest first', () => {
  const line = (path: string) => `30 1 0:5 / ${path} rw - tmpfs tmpfs rw`
  const mounts = ['/', '/state', '/state/a', '/state/a\\040b', '/statement'].map(line).join('\n')
  expect(mountsBelow('/state', mounts)).toEqual(['/state/a b', '/state/a', '/state'])
})

test('a second up of the same state directory is kept out until the first ends', async () => {
  const settings = settingsFrom({ SYSVM_STATE: `/tmp/cli-lock-${process.pid}` })
  const first = await takeLock(settings)
  await expect(takeLock(settings)).rejects.toMatchObject({ code: 'SYSVM_UP_BUSY' })
  await first[Symbol.asyncDispose]()
  await (await takeLock(settings))[Symbol.asyncDispose]()
})

/** A manager that remembers what was created: list commands show it. */
const memory = (): Answers => {
  const made: Record<string, object[]> = {}
  const pair = (list: string, create: string, object: string, name: string): Answers => ({
    [list]: () => (made[object] === undefined ? {} : { count: made[object].length, [object]: made[object] }),
    [create]: (parameters: Fields) => {
      const thing = { id: `${object}-1`, state: 'Disabled', ...parameters, name: parameters[name] }
      made[object] = [...(made[object] ?? []), thing]
      return { [object]: thing }
    },
  })
  return {
    ...pair('listZones', 'createZone', 'zone', 'name'),
    ...pair('listPhysicalNetworks', 'createPhysicalNetwork', 'physicalnetwork', 'name'),
    ...pair('listTrafficTypes', 'addTrafficType', 'traffictype', 'traffictype'),
    ...pair('listPods', 'createPod', 'pod', 'name'),
    ...pair('listVlanIpRanges', 'createVlanIpRange', 'vlaniprange', 'startip'),
    updatePhysicalNetwork: (parameters) => {
      made.physicalnetwork = made.physicalnetwork?.map((item) => ({ ...item, ...parameters })) ?? []
      return { physicalnetwork: made.physicalnetwork[0] ?? {} }
    },
  }
}

test('the zone is made once: the second time nothing is changed', async () => {
  await using manager = await startManager(memory())
  const client = createClient(manager.url)
  const first = await ensureZone(client)
  const changes = (): string[] =>
    manager.calls.map((call) => call.command ?? '').filter((name) => !name.startsWith('list'))
  expect(changes()).toEqual([
    'createZone',
    'createPhysicalNetwork',
    'addTrafficType',
    'addTrafficType',
    'addTrafficType',
    'updatePhysicalNetwork',
    'createPod',
    'createVlanIpRange',
  ])
  expect(await ensureZone(client)).toEqual(first)
  expect(changes()).toHaveLength(8)
})
