import type { Status } from '@sysvm/agent/api'
import type { HostDriver } from '@sysvm/manager/hosts'
import { type ControlClient, openControlClient } from '@sysvm/manager/hosts/control'
import { expect } from 'vitest'
import { builtImage } from './images.ts'
import { makeKeys } from './keys.ts'
import type { Lab } from './lab.ts'
import { controlAddress, specKeys, systemMachine } from './machines.ts'
import { proveHotplug } from './real-hotplug.ts'
import { until } from './until.ts'

/** The built system image on any driver: boots, answers over its control address only to us, keeps its disk. */
export async function proveControlPath(lab: Lab, driver: HostDriver, bootMs: number): Promise<void> {
  const image = builtImage('system')
  await driver.ensureImage(image)
  await driver.ensureControlNetwork()
  const keys = { manager: makeKeys(lab.directory, 'manager'), hostKey: makeKeys(lab.directory, 'machine') }
  const { specPrivate, specPublic } = specKeys()
  const machine = systemMachine(image, 7, { ...keys, specPublic }, { name: 'r-7-VM' })
  const options = {
    address: controlAddress(7),
    hostKey: keys.hostKey.publicKey,
    privateKey: keys.manager.privateKey,
  }
  const status = () =>
    until(
      'the control API answers',
      async () => {
        await using control: ControlClient = await openControlClient(driver, options)
        return await control.request<Status>('GET', '/v1/status')
      },
      { timeoutMs: bootMs },
    )
  await driver.ensureMachine(machine)
  const first = await status()
  expect(first).toMatchObject({ name: 'r-7-VM', role: 'router', image: machine.image })

  const stranger = makeKeys(lab.directory, 'stranger')
  await expect(openControlClient(driver, { ...options, hostKey: stranger.publicKey })).rejects.toEqual(
    expect.objectContaining({ code: 'SYSVM_HOST_KEY_MISMATCH' }),
  )
  await expect(openControlClient(driver, { ...options, privateKey: stranger.privateKey })).rejects.toEqual(
    expect.objectContaining({ code: 'SYSVM_HOST_AUTH' }),
  )

  await proveHotplug({ driver, machine, number: 7, specPrivate, control: options, bootMs })

  await driver.stopMachine(machine.name, { forced: true })
  expect(await driver.listMachines()).toEqual([{ name: machine.name, uuid: machine.uuid, state: 'stopped' }])
  await driver.ensureMachine(machine)
  expect((await status()).bootId).not.toBe('')
  await driver.destroyMachine(machine.name)
  expect(await driver.listMachines()).toEqual([])
}
