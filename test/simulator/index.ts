import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { EPOCH_HEADER } from '@sysvm/agent/api'
import { openFence } from '@sysvm/agent/server/fence'
import { SysvmError } from '@sysvm/errors'
import type { Fence, HostDriver, MachineSpec, NetworkSpec } from '@sysvm/manager/hosts'
import { resign } from '@sysvm/manager/hosts/simulator/roles'
import type { ControlClient, World } from '@sysvm/manager/orchestration/world'
import { type AgentState, simulateAgent } from './agent.ts'
import { openStore, type Store } from './files.ts'

export interface SimulatedMachine {
  readonly spec: MachineSpec
  readonly state: 'running' | 'stopped'
  /** How often it was started. */
  readonly boots: number
}

export interface SimulatorOptions {
  readonly commitMs?: number
  readonly cpus?: number
  readonly memoryMiB?: number
  /** Addresses that the hosts have, by their URLs. */
  readonly addresses?: Readonly<Record<string, readonly string[]>>
  /** Machines of this kind never start. */
  readonly broken?: MachineSpec['kind']
}

/** Hosts without hypervisors: what they hold is kept in files, so that it outlives a manager that is killed. */
export interface Simulator {
  readonly hosts: World['hosts']
  readonly openControl: World['openControl']
  readonly firmwareOf: World['firmwareOf']
  /** Images whose firmware was sent to the agent at this address, in order. */
  patches(linklocal: string): readonly string[]
  /** From now on an image is said to differ from others in more than its firmware. */
  setPlatform(image: string, platform: string): void
  /** Instance names by host. */
  machines(host: string): readonly SimulatedMachine[]
  bridges(host: string): readonly NetworkSpec[]
  /** Generations committed to the agent at this address, in order. */
  commits(linklocal: string): readonly number[]
  agent(linklocal: string): AgentState | undefined
  /** Machines whose power was cut while they ran, by name. */
  cuts(): readonly string[]
  /** Changes that a host refused because it had seen a newer manager. */
  refusals(): readonly string[]
  /** Calls that no correct manager makes, such as two machines of one name. */
  offences(): readonly string[]
  /** From now on the agent at this address does not answer; `false`: it does again. */
  mute(linklocal: string, yes?: boolean): void
  /** How often the agent at this address was asked for all its tunnels. */
  asked(linklocal: string): number
  /** The agent's boot did not restore all of what it confirmed. */
  failRestore(linklocal: string): void
  /** From now on the agent at this address tells this of its tunnels. */
  tunnels(
    linklocal: string,
    told: readonly { readonly id: string; readonly state: string; readonly reason?: string }[],
  ): void
  /** From now on the agent at this address says that this is its role; undefined: what it is. */
  role(linklocal: string, state: string | undefined): void
  /** From now on the agent at this address says that this service does not serve; undefined: all do. */
  ail(linklocal: string, service: string | undefined): void
  /** From now on the agent at this address tells this of L2TP. */
  l2tp(linklocal: string, told: { readonly state: string; readonly reason?: string }): void
  /** From now on the agent at this address refuses specs with this service; undefined: none. */
  refuse(linklocal: string, service: string | undefined): void
  /** Machines of this image never start. */
  breakImage(hash: string): void
  /** Whether machines can be given nics on bridges of this name. */
  allow(bridge: string, yes: boolean): void
  /** From now on the host is as if its power were cut; `true`: it is back, its machines and bridges gone. */
  power(host: string, on: boolean): void
  /** The host has no room for disks that come to it. */
  fill(host: string): void
  /** From now on the host runs what it runs, and nobody reaches it; `true`: it is back. */
  reach(host: string, yes: boolean): void
}

const agentOf = ({ boot }: MachineSpec): string => `agents/${boot?.control.split('/')[0]}`

const name = (host: string): string => host.replaceAll(/[^a-zA-Z0-9]/g, '_')

const simulateHost = (
  store: Store,
  url: string,
  options: SimulatorOptions,
  forbidden: ReadonlySet<string>,
  broken: ReadonlySet<string>,
): HostDriver => {
  const base = name(url)
  const machinePath = (machine: string): string => `${base}/machines/${machine}`
  const alive = (): void => {
    if (store.read(`${base}.off`)) throw new SysvmError('SYSVM_HOST_UNREACHABLE', `The host ${url} does not answer.`)
  }
  const machines = (): SimulatedMachine[] =>
    store.list(`${base}/machines`).flatMap((entry) => store.read<SimulatedMachine>(machinePath(entry)) ?? [])
  const resignOf = ({ spec }: SimulatedMachine): void => resign(store, agentOf(spec))
  const start = (spec: MachineSpec): void => {
    const before = store.read<SimulatedMachine>(machinePath(spec.name))
    if (before && before.spec.uuid !== spec.uuid) store.append('offences', `${spec.name} is two machines`)
    for (const { bridge } of spec.nics)
      if (forbidden.has(bridge) || store.read(`${base}/bridges/${bridge}`) === undefined)
        throw new SysvmError('SYSVM_COMMAND_FAILED', `There is no bridge ${bridge} on ${url}.`)
    if (before?.state === 'running') {
      store.write(machinePath(spec.name), { ...before, spec: { ...before.spec, nics: spec.nics } })
      return
    }
    store.write(machinePath(spec.name), { spec, state: 'running', boots: (before?.boots ?? 0) + 1 })
  }
  return {
    inventory: async () => {
      alive()
      return {
        name: base,
        cpus: options.cpus ?? 8,
        memoryMiB: options.memoryMiB ?? 16_384,
        storageFree: 1e12,
        storageTotal: 2e12,
        kernel: 'simulated',
        acceleration: 'none',
        hypervisorVersion: '0',
        bridges: store.list(`${base}/bridges`),
        addresses: options.addresses?.[url] ?? [],
      }
    },
    ensureImage: async () => alive(),
    ensureControlNetwork: async () => {
      alive()
      store.write(`${base}/bridges/cloud0`, { id: 'control', bridge: 'cloud0' })
    },
    ensureNetwork: async (network) => {
      alive()
      store.write(`${base}/bridges/${network.bridge}`, network)
    },
    removeNetwork: async ({ bridge }) => {
      alive()
      store.remove(`${base}/bridges/${bridge}`)
    },
    ensureMachine: async (spec) => {
      alive()
      if (spec.kind === options.broken || broken.has(spec.image))
        throw new SysvmError('SYSVM_MACHINE_START', `${spec.name} did not start.`)
      start(spec)
      return { name: spec.name, uuid: spec.uuid, state: 'running' }
    },
    stopMachine: async (machine) => {
      alive()
      const before = store.read<SimulatedMachine>(machinePath(machine))
      if (before?.state === 'running') store.append('cuts', machine)
      if (before) {
        resignOf(before)
        store.write(machinePath(machine), { ...before, state: 'stopped' })
      }
    },
    destroyMachine: async (machine) => {
      alive()
      const before = store.read<SimulatedMachine>(machinePath(machine))
      if (before) resignOf(before)
      const control = before?.spec.boot?.control
      const agent = `agents/${control?.split('/')[0]}`
      if (control) for (const kept of ['', '.patch', '.patchfailed', '.ails']) store.remove(`${agent}${kept}`)
      store.remove(machinePath(machine))
    },
    exportMachine: async (machine) => {
      alive()
      const before = store.read<SimulatedMachine>(machinePath(machine))
      if (before === undefined) return undefined
      if (before.state === 'running') store.append('offences', `${machine} is copied while it runs`)
      return {
        stdin: new PassThrough(),
        stdout: Readable.from([JSON.stringify(before)]),
        ended: Promise.resolve(),
        stop: () => {},
      }
    },
    importMachine: async (machine, { stdout }) => {
      alive()
      if (store.read(`${base}.full`))
        throw new SysvmError('SYSVM_COMMAND_FAILED', 'tar ended with code 2: No space left on device')
      store.write(machinePath(machine), JSON.parse(await text(stdout)))
    },
    listMachines: async () => {
      alive()
      return machines().map(({ spec, state }) => ({ name: spec.name, uuid: spec.uuid, state }))
    },
    openControl: async () => {
      throw new Error('the simulator answers control connections itself')
    },
    readConsole: async () => '',
    close: async () => {},
  }
}

/** A host's memory of the highest epoch; what does not look only is refused under an older one. */
const fenced = (store: Store, url: string, driver: HostDriver, fence: Fence): HostDriver => {
  const path = `${name(url)}.fence`
  const pass = async (what: string): Promise<void> => {
    let epoch = await fence.assure()
    const seen = store.read<number>(path) ?? 0
    if (seen > epoch) epoch = await fence.renew(seen)
    if (seen > epoch) {
      store.append('refusals', what)
      throw new SysvmError('SYSVM_FENCED', `The host ${url} has seen the epoch ${seen}, which is newer than ${epoch}.`)
    }
    if (seen < epoch) store.write(path, epoch)
  }
  const guarded = Object.entries(driver).map(([what, act]) => {
    if (looks.has(what)) return [what, act]
    return [
      what,
      async (...words: unknown[]) => {
        await pass(what)
        return (act as (...words: unknown[]) => unknown)(...words)
      },
    ]
  })
  return Object.fromEntries(guarded) as HostDriver
}

const looks: ReadonlySet<string> = new Set(['inventory', 'openControl', 'readConsole', 'close'])

export const createSimulator = (folder: string, options: SimulatorOptions = {}): Simulator => {
  const store = openStore(folder)
  const drivers = new Map<HostDriver, string>()
  const muted = new Set<string>()
  const forbidden = new Set<string>()
  const broken = new Set<string>()
  const platforms = new Map<string, string>()
  const machinesOf = (host: string): SimulatedMachine[] =>
    store
      .list(`${name(host)}/machines`)
      .flatMap((entry) => store.read<SimulatedMachine>(`${name(host)}/machines/${entry}`) ?? [])
  const openControl = async (
    driver: HostDriver,
    target: { address: string; hostKey: string },
  ): Promise<ControlClient> => {
    const host = drivers.get(driver) ?? ''
    const answering = () => {
      const machine = machinesOf(host).find(({ spec }) => spec.boot?.control === `${target.address}/16`)
      if (machine?.state === 'running' && machine.spec.boot !== undefined && !muted.has(target.address))
        return { ...machine, boot: machine.spec.boot }
      throw new SysvmError('SYSVM_HOST_CONNECT', `Nothing answers at ${target.address} on ${host}.`)
    }
    const { boot, ...machine } = answering()
    const agent = simulateAgent(store, `agents/${target.address}`, boot, {
      commitMs: options.commitMs ?? 5,
      image: machine.spec.image,
      broken: (image) => broken.has(image),
      powerOff: () => {
        resign(store, agentOf(machine.spec))
        store.write(`${name(host)}/machines/${machine.spec.name}`, { ...machine, state: 'stopped' })
      },
    })
    return {
      ...agent,
      // A connection outlives neither its machine nor the way there.
      request: async (method, path, options) => {
        answering()
        // Anew each time, as every manager's process must find what others left there.
        const fence = openFence(join(folder, 'epochs', machine.spec.uuid))
        fence.pass(options?.headers?.[EPOCH_HEADER] ?? '', method !== 'GET')
        return agent.request(method, path, options)
      },
      events: async function* (options) {
        for await (const event of agent.events(options)) {
          answering()
          yield event
        }
      },
    }
  }
  return {
    hosts: {
      open: ({ url, fence }) => {
        const host = simulateHost(store, url, options, forbidden, broken)
        const driver = fence === undefined ? host : fenced(store, url, host, fence)
        drivers.set(driver, url)
        return driver
      },
      forget: async () => {},
      fingerprint: async () => undefined,
    },
    openControl,
    firmwareOf: async (image) => ({ platform: platforms.get(image) ?? 'simulated', bundle: Buffer.from(image) }),
    patches: (linklocal) => store.lines<string>(`agents/${linklocal}.patches`),
    setPlatform: (image, platform) => void platforms.set(image, platform),
    machines: machinesOf,
    bridges: (host) =>
      store
        .list(`${name(host)}/bridges`)
        .flatMap((entry) => store.read<NetworkSpec>(`${name(host)}/bridges/${entry}`) ?? []),
    commits: (linklocal) => store.lines<number>(`agents/${linklocal}.commits`),
    agent: (linklocal) => store.read<AgentState>(`agents/${linklocal}`),
    cuts: () => store.lines<string>('cuts'),
    refusals: () => store.lines<string>('refusals'),
    offences: () => store.lines<string>('offences'),
    mute: (linklocal, yes = true) => void (yes ? muted.add(linklocal) : muted.delete(linklocal)),
    asked: (linklocal) => store.lines(`agents/${linklocal}.vpnasked`).length,
    failRestore: (linklocal) => {
      const path = `agents/${linklocal}`
      store.write(`${path}.failed`, { generation: store.read<AgentState>(path)?.confirmed, message: 'half restored' })
    },
    tunnels: (linklocal, told) => store.write(`agents/${linklocal}.tunnels`, told),
    role: (linklocal, state) => {
      const path = `agents/${linklocal}.role`
      if (state === undefined) store.remove(path)
      else store.write(path, { state, flows: { own: 0, peer: 0 } })
    },
    ail: (linklocal, service) => {
      const path = `agents/${linklocal}.ails`
      if (service === undefined) store.remove(path)
      else store.write(path, service)
    },
    l2tp: (linklocal, told) => store.write(`agents/${linklocal}.l2tp`, told),
    refuse: (linklocal, service) => {
      const path = `agents/${linklocal}.refuses`
      if (service === undefined) store.remove(path)
      else store.write(path, service)
    },
    breakImage: (hash) => void broken.add(hash),
    allow: (bridge, yes) => void (yes ? forbidden.delete(bridge) : forbidden.add(bridge)),
    fill: (host) => store.write(`${name(host)}.full`, true),
    reach: (host, yes) => {
      if (yes) store.remove(`${name(host)}.off`)
      else store.write(`${name(host)}.off`, true)
    },
    power: (host, on) => {
      if (on) {
        for (const entry of store.list(`${name(host)}/bridges`)) store.remove(`${name(host)}/bridges/${entry}`)
        for (const entry of store.list(`${name(host)}/machines`)) {
          const path = `${name(host)}/machines/${entry}`
          store.write(path, { ...store.read<SimulatedMachine>(path), state: 'stopped' })
        }
        store.remove(`${name(host)}.off`)
      } else {
        for (const { spec } of machinesOf(host)) resign(store, agentOf(spec))
        store.write(`${name(host)}.off`, true)
      }
    },
  }
}
