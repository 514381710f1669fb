import { type KeyObject, sign } from 'node:crypto'
import { type Drift, type Health, SIGNATURE_HEADER } from '@sysvm/agent/api'
import type { HostDriver, MachineNic, MachineSpec } from '@sysvm/manager/hosts'
import { type ControlClient, openControlClient } from '@sysvm/manager/hosts/control'
import type { RouterServices } from '@sysvm/router/spec'
import { expect } from 'vitest'
import { controlAddress, macOf } from './machines.ts'
import { until } from './until.ts'

export interface HotplugSubject {
  readonly driver: HostDriver
  /** A router with its control nic that answers; it is left as it was found. */
  readonly machine: MachineSpec
  readonly number: number
  readonly specPrivate: KeyObject
  readonly control: Parameters<typeof openControlClient>[1]
  readonly bootMs: number
}

const BRIDGE = 'brhot'

/**
 * The built image takes nics while it runs, names them by MAC whatever the kernel calls them, lets go of one while
 * another stays, and comes back with those it has after a restart that it did itself.
 */
export async function proveHotplug({ driver, machine, number, specPrivate, control, bootMs }: HotplugSubject) {
  const nic = (index: number, device: string): MachineNic => ({ mac: macOf(number, index), bridge: BRIDGE, device })
  // The kernel would number them in the order they come.
  const [late, early] = [nic(1, 'eth7'), nic(2, 'eth1')]
  const ensure = (...nics: MachineNic[]) => driver.ensureMachine({ ...machine, nics: [...machine.nics, ...nics] })
  const ask = async <T>(...words: Parameters<ControlClient['request']>): Promise<T> => {
    await using client = await openControlClient(driver, control)
    return await client.request<T>(...words)
  }
  let generation = 0
  const commit = async (...nics: MachineNic[]) => {
    generation += 1
    const interfaces = [
      { device: 'eth0', mac: macOf(number), role: 'control', addresses: [`${controlAddress(number)}/16`] },
      ...nics.map(({ device, mac }, index) => {
        return { device, mac, role: 'guest', addresses: [`10.${index + 1}.1.1/24`] }
      }),
    ] as RouterServices['interfaces']['interfaces']
    const services = { interfaces: { interfaces }, firewall: { egress: 'allow' } }
    const body = JSON.stringify({ version: 1, generation, name: machine.name, role: 'router', services })
    const signature = sign(null, Buffer.from(body), specPrivate).toString('base64')
    const headers = { 'content-type': 'application/json', [SIGNATURE_HEADER]: signature }
    await ask('PUT', '/v1/spec', { body, headers })
    await ask('POST', '/v1/confirm', { body: { generation } })
  }
  const settled = async () => {
    expect(await ask<Health>('GET', '/v1/health')).toMatchObject({ healthy: true })
    expect(await ask<Drift>('GET', '/v1/drift')).toMatchObject({ differences: [] })
  }

  await driver.ensureNetwork({ id: 'hot', bridge: BRIDGE, isolation: { kind: 'bridge' }, mtu: 1500 })
  await ensure(late)
  await commit(late)
  // The commit is on its way before the nic: it waits for it.
  await Promise.all([commit(late, early), ensure(late, early)])
  await settled()
  await commit(early)
  await ensure(early)
  await settled()

  await ask('POST', '/v1/reboot', { body: {} })
  // A new agent has counted no commit.
  const restarted = async () => (await ask<string>('GET', '/v1/metrics')).includes('sysvm_commits_total 0\n')
  await until('it has booted again', () => restarted().catch(() => false), { timeoutMs: bootMs })
  await until('it serves again', async () => (await ask<Health>('GET', '/v1/health')).healthy, { timeoutMs: bootMs })
  await settled()
  await commit()
  await ensure()
  await driver.removeNetwork({ bridge: BRIDGE })
}
