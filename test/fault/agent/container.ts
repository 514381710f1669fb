import { generateKeyPairSync, sign } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { CommitResult, Status } from '@sysvm/agent/api'
import type { SpecDifference } from '@sysvm/agent/spec/difference'
import { type HostDriver, type MachineSpec, openHost } from '@sysvm/manager/hosts'
import { type ControlClient, openControlClient } from '@sysvm/manager/hosts/control'
import type { RouterServices } from '@sysvm/router/spec'
import { type Lab, makeKeys, type Namespace, until } from '../../lab/index.ts'
import { imageHash } from '../../lab/machines.ts'

/** A router in a container, from the image as it ships, seen as its manager sees it. */
export interface TestRouter {
  /** The host's network: cloud0, and the bridges `guest` and `public`. */
  readonly host: Namespace
  readonly driver: HostDriver
  readonly machine: MachineSpec
  /** The machine's own network namespace. */
  readonly netns: string
  /** A new SSH connection. */
  connect(timeoutMs?: number): Promise<ControlClient>
  /** Waits until the control API answers. */
  ready(): Promise<Status>
  /** The services of a small isolated network; `change` replaces some. */
  spec(generation: number, change?: Partial<RouterServices>): object
  put(control: ControlClient, spec: object, confirmSeconds?: number): Promise<CommitResult>
  /** The same with a difference to the spec in force. */
  patch(control: ControlClient, difference: SpecDifference, confirmSeconds?: number): Promise<CommitResult>
  /** The manager's signature, in base64. */
  sign(body: Uint8Array): string
  /** Put, and confirm over a new connection. */
  commit(spec: object): Promise<void>
}

const IMAGE = join(import.meta.dirname, '../../../images/out/system')
const CONTROL = '169.254.9.1'
const MACS = { control: '0e:00:00:00:01:00', guest: '0e:00:00:00:01:01', public: '0e:00:00:00:01:02' }

const services = (reservations: number): RouterServices => ({
  interfaces: {
    interfaces: [
      { device: 'eth0', mac: MACS.control, role: 'control', addresses: [`${CONTROL}/16`] },
      { device: 'eth1', mac: MACS.guest, role: 'guest', addresses: ['10.1.0.1/16'] },
      { device: 'eth2', mac: MACS.public, role: 'public', addresses: ['198.51.100.2/24'] },
    ],
    gateway: '198.51.100.1',
  },
  firewall: { egress: 'allow' },
  nat: { source: [{ network: '10.1.0.0/16', device: 'eth2', address: '198.51.100.2' }], static: [], forwards: [] },
  dhcp: {
    leaseSeconds: 86400,
    subnets: [
      {
        device: 'eth1',
        network: '10.1.0.0/16',
        gateway: '10.1.0.1',
        nameservers: ['10.1.0.1'],
        domain: 'cs1.internal',
        reservations: Array.from({ length: reservations }, (_, index) => ({
          mac: `02:00:00:01:${hex(Math.floor(index / 256))}:${hex(index % 256)}`,
          address: `10.1.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`,
          hostname: `vm-${index}`,
        })),
      },
    ],
  },
  dns: {
    views: [
      {
        device: 'eth1',
        listen: ['10.1.0.1'],
        domain: 'cs1.internal',
        upstreams: ['198.51.100.1'],
        records: [{ name: 'router.cs1.internal', address: '10.1.0.1' }],
      },
    ],
  },
  metadata: { listen: ['10.1.0.1'], instances: [] },
})

/** Those that the container driver made, of whatever host. */
const machineNamespaces = async (): Promise<string[]> =>
  (await readdir('/run/netns')).filter((name) => name.startsWith('sv-'))

const hex = (value: number): string => value.toString(16).padStart(2, '0')

export const startRouter = async (lab: Lab): Promise<TestRouter> => {
  const host = await lab.namespace('host')
  await host.bridge('guest')
  await host.bridge('public', { address: '198.51.100.1/24' })
  const driver = openHost(`local:?netns=${host.netns}`, {
    driver: 'container',
    stateDirectory: `${lab.directory}/host`,
  })
  const [manager, hostKey] = [makeKeys(lab.directory, 'manager'), makeKeys(lab.directory, 'host-key')]
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  // Other files run at the same time, and its namespace is known by its name only; it is one that a manager gives.
  const name = `r-${process.pid}-VM`
  const nics = [
    { mac: MACS.control, bridge: 'cloud0', device: 'eth0' },
    { mac: MACS.guest, bridge: 'guest', device: 'eth1' },
    { mac: MACS.public, bridge: 'public', device: 'eth2' },
  ]
  const machine: MachineSpec = {
    name,
    uuid: crypto.randomUUID(),
    kind: 'system',
    image: imageHash(IMAGE),
    cpus: 1,
    memoryMiB: 256,
    nics,
    boot: {
      name,
      role: 'router',
      control: `${CONTROL}/16`,
      nics: nics.map(({ mac, device }) => ({ mac, device })),
      authorizedKey: manager.publicKey,
      hostKey: Buffer.from(hostKey.privateKey).toString('base64'),
      managerKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    },
  }
  lab.defer(async () => {
    await driver.destroyMachine(name)
    await driver.close()
  })
  await driver.ensureControlNetwork()
  await driver.ensureImage(IMAGE)
  const earlier = new Set(await machineNamespaces())
  await driver.ensureMachine(machine)
  const netns = (await machineNamespaces()).find((found) => found.endsWith(name) && !earlier.has(found))
  if (netns === undefined) throw new Error('the machine has no network namespace of its own')

  const connect: TestRouter['connect'] = (timeoutMs = 2000) =>
    openControlClient(driver, {
      address: CONTROL,
      hostKey: hostKey.publicKey,
      privateKey: manager.privateKey,
      timeoutMs,
    })
  const signed: TestRouter['sign'] = (body) => sign(null, body, privateKey).toString('base64')
  const send = (
    method: 'PUT' | 'PATCH',
    control: ControlClient,
    what: object,
    seconds: number,
  ): Promise<CommitResult> => {
    const body = JSON.stringify(what)
    const signature = signed(Buffer.from(body))
    return control.request(method, `/v1/spec?confirm=${seconds}`, { body, headers: { 'sysvm-signature': signature } })
  }
  const put: TestRouter['put'] = (control, spec, seconds = 30) => send('PUT', control, spec, seconds)
  return {
    host,
    driver,
    machine,
    netns,
    connect,
    put,
    patch: (control, difference, seconds = 30) => send('PATCH', control, difference, seconds),
    sign: signed,
    ready: () =>
      until('the control API answers', async () => {
        await using control = await connect()
        // An agent that ends in the middle of a request leaves it without an answer.
        return await control.request<Status>('GET', '/v1/status', { timeoutMs: 5000 })
      }),
    spec: (generation, change = {}) => ({
      version: 1,
      generation,
      name,
      role: 'router',
      services: { ...services(1), ...change },
    }),
    commit: async (spec) => {
      await using first = await connect()
      const { generation } = await put(first, spec)
      await using second = await connect()
      await second.request('POST', '/v1/confirm', { body: { generation } })
    },
  }
}

export const manyReservations = (count: number): RouterServices['dhcp'] => services(count).dhcp
