import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type MachineSpec, openHost } from '@sysvm/manager/hosts'
import { openLocal } from '@sysvm/manager/hosts/local/index'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { imageHash, macOf } from './machines.ts'
import { bootSystemdHost, type SystemdHost } from './systemd-host.ts'
import { makeTinyImage } from './tiny-image.ts'
import { until } from './until.ts'

let folder: string
let host: SystemdHost
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'systemd-host-'))
  await mkdir(join(folder, 'root'))
  await mkdir(join(folder, 'shared'))
  host = await bootSystemdHost(join(folder, 'root'), join(folder, 'shared'))
})
afterAll(async () => {
  await host?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

it('runs machines as units with limits where systemd is the first process, and leaves none', async () => {
  const url = `local:?pid=${host.pid}`
  const driver = openHost(url, { driver: 'container' })
  const connection = openLocal({ pid: host.pid })
  const sh = async (script: string) => (await connection.run(['sh', '-c', script])).stdout.trim()
  const image = await makeTinyImage(join(folder, 'shared'), 'guest')
  const machine: MachineSpec = {
    name: 'i-2-1-VM',
    uuid: '816e3111-9e3f-4517-bd70-865b0ffe1911',
    kind: 'guest',
    image: imageHash(image),
    cpus: 2,
    memoryMiB: 64,
    nics: [{ mac: macOf(1), bridge: 'cloud0', device: 'eth0' }],
  }
  try {
    await driver.ensureImage(image)
    await driver.ensureControlNetwork()
    // A unit of the same name must be gone before the next start, however the last one ended.
    for (const forced of [true, true, false]) {
      expect(await driver.ensureMachine(machine)).toMatchObject({ state: 'running' })
      expect(await sh('systemctl show -p ActiveState,MemoryMax,CPUQuotaPerSecUSec sysvm-sv-i-2-1-VM.service')).toBe(
        ['CPUQuotaPerSecUSec=2s', 'MemoryMax=67108864', 'ActiveState=active'].join('\n'),
      )
      await driver.stopMachine(machine.name, { forced })
      expect(await driver.listMachines()).toMatchObject([{ name: machine.name, state: 'stopped' }])
    }
    await driver.ensureMachine(machine)
    // A guest grows while it runs.
    await driver.ensureMachine({ ...machine, cpus: 3, memoryMiB: 96 })
    expect(await sh('systemctl show -p MemoryMax,CPUQuotaPerSecUSec sysvm-sv-i-2-1-VM.service')).toBe(
      ['CPUQuotaPerSecUSec=3s', 'MemoryMax=100663296'].join('\n'),
    )
    await until('it is up', async () => /tiny: ready/.test(await driver.readConsole(machine.name)))
    await driver.destroyMachine(machine.name)
    expect(await driver.listMachines()).toEqual([])
    expect(await sh('systemctl list-units --all --no-legend "sysvm-*"; ip netns list; pgrep nspawn || :')).toBe('')
  } finally {
    await driver.close()
    await connection.close()
  }
})
