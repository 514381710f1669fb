import { sign } from 'node:crypto'
import { CONTROL_PORT, type CommitResult, SIGNATURE_HEADER } from '@sysvm/agent/api'
import { type HostDriver, type MachineSpec, openHost } from '@sysvm/manager/hosts'
import { type ControlClient, openControlClient } from '@sysvm/manager/hosts/control'
import type { RouterServices } from '@sysvm/router/spec'
import type { EmulatedHost } from './host.ts'
import { builtImage } from './images.ts'
import { makeKeys } from './keys.ts'
import type { Lab } from './lab.ts'
import { controlAddress, macOf, specKeys, systemMachine } from './machines.ts'
import { macs } from './router/spec.ts'
import { until } from './until.ts'

type Kind = 'container' | 'kvm'

/** The built system image as a router on an emulated host, with the nics that the lab's specs are for. */
export interface RealRouter {
  readonly kind: Kind
  readonly host: EmulatedHost
  readonly driver: HostDriver
  readonly machine: MachineSpec
  /** Asks its agent, over a connection of its own. */
  ask<T>(...words: Parameters<ControlClient['request']>): Promise<T>
  /** Puts a spec of the next generation, or of this one, and confirms it. */
  commit(services: RouterServices, generation?: number): Promise<CommitResult>
  /** Runs a script as root in it, with its own programs; in a VM by an operator's shell. `input`: what it reads. */
  inside(script: string, input?: Uint8Array): Promise<string>
  /** Runs a script of this machine's programs in its network namespace; containers only. */
  insideNetwork(script: string): Promise<string>
  /** Text of the events that its agent has kept. */
  events(): Promise<string>
}

const NUMBER = 5
/** Longest commit, in milliseconds. */
const COMMIT_MS = { container: 60_000, kvm: 180_000 } as const
const controlMac = (number: number): string => (number === NUMBER ? macs.control : macOf(number))
/** Its first process sees what is in it. $1: its network namespace, $2: the script. */
const INSIDE = 'exec nsenter --target "$(ip netns pids "$1" | head -n 1)" --mount --net --pid sh -c "$2"'
/** The stream never ends by itself. $1: its network namespace. */
const EVENTS = `
root=/proc/$(ip netns pids "$1" | head -n 1)/root
printf 'GET /v1/events HTTP/1.0\\r\\nHost: agent\\r\\n\\r\\n' | timeout 1 nc -U "$root/run/sysvm/agent.sock" || :`
export const BRIDGES = { guest: 'brguest', public: 'brpublic' } as const

const openDriver = async (lab: Lab, host: EmulatedHost, kind: Kind): Promise<HostDriver> => {
  const driver = openHost(host.url, { driver: kind })
  lab.defer(() => driver.close())
  await driver.ensureImage(builtImage('system'))
  await driver.ensureControlNetwork()
  return driver
}

const ensureBridge = (driver: HostDriver, bridge: string): Promise<unknown> =>
  driver.ensureNetwork({ id: bridge, bridge, isolation: { kind: 'bridge' }, mtu: 1500 })

/** An emulated host with the bridges that the lab's specs are for. */
const startHost = async (lab: Lab, kind: Kind): Promise<Pick<RealRouter, 'host' | 'driver'>> => {
  const core = await lab.namespace('core')
  await core.bridge('br0', { address: '10.9.0.1/24', mtu: 1600 })
  const host = await lab.host('h1', {
    core: { at: core, bridge: 'br0' },
    address: '10.9.0.11/24',
    ...(kind === 'kvm' ? { libvirt: true } : {}),
  })
  const driver = await openDriver(lab, host, kind)
  for (const bridge of Object.values(BRIDGES)) await ensureBridge(driver, bridge)
  return { host, driver }
}

/** A host of its own, or that of another router, which may be of another kind. */
const placeOf = async (lab: Lab, kind: Kind, beside: RealRouter | undefined) => {
  if (beside === undefined) return startHost(lab, kind)
  const { host } = beside
  return { host, driver: beside.kind === kind ? beside.driver : await openDriver(lab, host, kind) }
}

export interface RealRouterOptions {
  readonly driver?: Kind
  readonly bootMs?: number
  /** For what else runs in it. */
  readonly memoryMiB?: number
  /** Of its name and control address. */
  readonly number?: number
  readonly macs?: { readonly guest: string; readonly public: string }
  /** Further ones, that no spec speaks of. */
  readonly nics?: readonly { readonly mac: string; readonly bridge: string; readonly device: string }[]
  /** A router on whose host it is. */
  readonly beside?: RealRouter
}

export async function startRealRouter(
  lab: Lab,
  {
    driver: kind = 'container',
    bootMs = 30_000,
    number = NUMBER,
    macs: own = macs,
    nics = [],
    memoryMiB,
    beside,
  }: RealRouterOptions = {},
): Promise<RealRouter> {
  const { host, driver } = await placeOf(lab, kind, beside)
  for (const { bridge } of nics) await ensureBridge(driver, bridge)
  const image = builtImage('system')
  const keys = {
    manager: makeKeys(lab.directory, `manager-${number}`),
    hostKey: makeKeys(lab.directory, `machine-${number}`),
    operator: makeKeys(lab.directory, `operator-${number}`),
  }
  const { specPrivate, specPublic } = specKeys()
  const machine = systemMachine(
    image,
    number,
    { ...keys, specPublic },
    {
      name: `r-${number}-VM`,
      ...(memoryMiB === undefined ? {} : { memoryMiB }),
      nics: [
        { mac: controlMac(number), bridge: 'cloud0', device: 'eth0' },
        { mac: own.guest, bridge: BRIDGES.guest, device: 'eth1' },
        { mac: own.public, bridge: BRIDGES.public, device: 'eth2' },
        ...nics,
      ],
    },
  )
  await driver.ensureMachine(machine)
  // Containers are entered from the host.
  const shell = ['-q', '-p', String(CONTROL_PORT), '-i', keys.operator.file, '-o', 'BatchMode=yes']
  const unknown = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null']
  const enter = (script: string): [string, ...string[]] =>
    kind === 'kvm'
      ? ['ssh', ...shell, ...unknown, `root@${controlAddress(number)}`, script]
      : ['sh', '-c', INSIDE, 'sh', `sv-${machine.name}`, script]
  const control = {
    address: controlAddress(number),
    hostKey: keys.hostKey.publicKey,
    privateKey: keys.manager.privateKey,
  }
  const ask = async <T>(...words: Parameters<ControlClient['request']>): Promise<T> => {
    await using client = await openControlClient(driver, control)
    return await client.request<T>(...words)
  }
  await until('the router answers', () => ask('GET', '/v1/status').then(Boolean), { timeoutMs: bootMs })
  let generation = 0
  return {
    kind,
    host,
    driver,
    machine,
    ask,
    commit: async (services, wanted = generation + 1) => {
      generation = wanted
      const body = JSON.stringify({ version: 1, generation, name: machine.name, role: 'router', services })
      const signature = sign(null, Buffer.from(body), specPrivate).toString('base64')
      const headers = { 'content-type': 'application/json', [SIGNATURE_HEADER]: signature }
      const result = await ask<CommitResult>('PUT', '/v1/spec', { body, headers, timeoutMs: COMMIT_MS[kind] })
      await ask('POST', '/v1/confirm', { body: { generation } })
      return result
    },
    inside: async (script, input) =>
      (await host.connection.run(enter(script), input === undefined ? {} : { input, timeoutMs: 300_000 })).stdout,
    insideNetwork: async (script) =>
      (await host.connection.run(['ip', 'netns', 'exec', `sv-${machine.name}`, 'sh', '-c', script])).stdout,
    events: async () => (await host.connection.run(['sh', '-c', EVENTS, 'sh', `sv-${machine.name}`])).stdout,
  }
}

/** The lab's spec of a router whose control address is this one's. */
export const realSpec = (services: RouterServices, number = NUMBER): RouterServices => ({
  ...services,
  interfaces: {
    ...services.interfaces,
    interfaces: services.interfaces.interfaces.map((nic) =>
      nic.role === 'control' ? { ...nic, mac: controlMac(number), addresses: [`${controlAddress(number)}/16`] } : nic,
    ),
  },
})
