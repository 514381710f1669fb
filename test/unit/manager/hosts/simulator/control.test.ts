import { sign } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CommitResult, Status } from '@sysvm/agent/api'
import { type HostDriver, type MachineSpec, openHost } from '@sysvm/manager/hosts'
import { openControlClient } from '@sysvm/manager/hosts/control'
import { generateSshKey } from '@sysvm/manager/orchestration/keys/openssh'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { specKeys } from '../../../../lab/machines.ts'

const ADDRESS = '169.254.9.1'
const IMAGE = 'a'.repeat(64)
const manager = generateSshKey()
const machineKey = generateSshKey()
const { specPrivate, specPublic } = specKeys()
const code = (wanted: string) => expect.objectContaining({ code: wanted })

let folder: string
let driver: HostDriver

const spec: MachineSpec = {
  name: 'r-1-VM',
  uuid: crypto.randomUUID(),
  kind: 'system',
  image: IMAGE,
  cpus: 1,
  memoryMiB: 256,
  nics: [{ mac: '0e:00:00:00:00:01', bridge: 'cloud0', device: 'eth0' }],
  boot: {
    name: 'r-1-VM',
    role: 'router',
    control: `${ADDRESS}/16`,
    nics: [{ mac: '0e:00:00:00:00:01', device: 'eth0' }],
    authorizedKey: manager.publicKey,
    hostKey: Buffer.from(machineKey.privateKey).toString('base64'),
    managerKey: specPublic,
  },
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simulated-'))
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ hash: IMAGE }))
  driver = openHost('simulator:h1', { driver: 'simulator', simulator: join(folder, 'hosts') })
  await driver.ensureImage(folder)
  await driver.ensureControlNetwork()
  await driver.ensureMachine(spec)
})
afterEach(() => rm(folder, { recursive: true }))

const connect = (keys: { readonly hostKey?: string; readonly privateKey?: string } = {}) =>
  openControlClient(driver, {
    address: ADDRESS,
    hostKey: machineKey.publicKey,
    privateKey: manager.privateKey,
    ...keys,
  })
const signed = (body: string) => ({ 'sysvm-signature': sign(null, Buffer.from(body), specPrivate).toString('base64') })
const document = (generation: number) => JSON.stringify({ generation, name: 'r-1-VM' })

test('a commit is signed, newer than the last, and confirmed over a later connection', async () => {
  await using client = await connect()
  const put = (generation: number, headers = signed(document(generation))) =>
    client.request<CommitResult>('PUT', '/v1/spec', { body: document(generation), headers })
  await expect(put(1, { 'sysvm-signature': 'AAAA' })).rejects.toEqual(code('SYSVM_SPEC_SIGNATURE'))
  expect(await put(1)).toMatchObject({ generation: 1, state: 'pending' })
  await expect(put(2)).rejects.toEqual(code('SYSVM_COMMIT_PENDING'))
  const confirm = { body: { generation: 1 } }
  await expect(client.request('POST', '/v1/confirm', confirm)).rejects.toEqual(code('SYSVM_CONFIRM_CONNECTION'))
  await using later = await connect()
  await later.request('POST', '/v1/confirm', confirm)
  expect(await client.request<Status>('GET', '/v1/status')).toMatchObject({ confirmed: 1, pending: null })
  await expect(put(1)).rejects.toEqual(code('SYSVM_SPEC_STALE'))
})

test('only the manager is let in, only the machine that was pinned is trusted, and only one that runs answers', async () => {
  await expect(connect({ privateKey: generateSshKey().privateKey })).rejects.toEqual(code('SYSVM_HOST_AUTH'))
  await expect(connect({ hostKey: generateSshKey().publicKey })).rejects.toEqual(code('SYSVM_HOST_KEY_MISMATCH'))
  await driver.stopMachine(spec.name)
  await expect(driver.openControl(ADDRESS)).rejects.toEqual(code('SYSVM_HOST_CONNECT'))
})

test('what a host holds outlives its driver; a host that is off answers nothing', async () => {
  const other = openHost('simulator:h1?fail=1', { driver: 'simulator', simulator: join(folder, 'hosts') })
  await expect(other.listMachines()).rejects.toEqual(code('SYSVM_COMMAND_FAILED'))
  const again = openHost('simulator:h1', { driver: 'simulator', simulator: join(folder, 'hosts') })
  expect(await again.listMachines()).toEqual([{ name: spec.name, uuid: spec.uuid, state: 'running' }])
  await writeFile(join(folder, 'hosts', 'h1.off'), '')
  await expect(again.listMachines()).rejects.toEqual(code('SYSVM_HOST_UNREACHABLE'))
})

test('a stopped machine goes to another host', async () => {
  const there = openHost('simulator:h2', { driver: 'simulator', simulator: join(folder, 'hosts') })
  await driver.stopMachine(spec.name)
  const packed = await driver.exportMachine(spec.name)
  if (packed) await there.importMachine(spec.name, packed)
  expect(await there.listMachines()).toEqual([{ name: spec.name, uuid: spec.uuid, state: 'stopped' }])
  expect(await there.exportMachine('never-was')).toBe(undefined)
})

test('a host that has seen a newer manager obeys no older one, unless that renews its lease', async () => {
  const under = (epoch: number, renewed: number) =>
    openHost('simulator:h1', {
      driver: 'simulator',
      simulator: join(folder, 'hosts'),
      fence: { host: 'h1', assure: async () => epoch, renew: async () => renewed },
    })
  await under(2, 2).listMachines()
  await expect(under(1, 1).stopMachine(spec.name)).rejects.toEqual(code('SYSVM_FENCED'))
  expect(await under(1, 3).listMachines()).toEqual([{ name: spec.name, uuid: spec.uuid, state: 'running' }])
  await expect(under(2, 2).stopMachine(spec.name)).rejects.toEqual(code('SYSVM_FENCED'))
})

test('simulated hosts are opened by managers that are told to have some, by their own driver', () => {
  expect(() => openHost('simulator:h1', { driver: 'simulator' })).toThrow(/set SYSVM_SIMULATOR/)
  expect(() => openHost('simulator:h1', { driver: 'container' })).toThrow(code('SYSVM_HOST_URL'))
  expect(() => openHost('local:', { driver: 'simulator', simulator: '/nowhere' })).toThrow(/is not simulated/)
})
