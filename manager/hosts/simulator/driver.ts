import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf, SysvmError } from '@sysvm/errors'
import type { HostDriver } from '../driver.ts'
import type { Fence } from '../fence.ts'
import { checkNetwork } from '../network/validate.ts'
import { checkMachine, hostPaths } from '../paths.ts'
import { openSimulatedControl } from './control.ts'
import { resign } from './roles.ts'
import {
  emptyHost,
  type HostState,
  type SimulatedMachine,
  withBridge,
  withImage,
  withMachine,
  withoutBridge,
  withoutMachine,
  withStopped,
} from './state.ts'
import { openStore, type Store } from './store.ts'
import type { SimulatedHost } from './url.ts'

const CONTROL_BRIDGE = 'cloud0'

export interface SimulatorOptions {
  /** Folder in which simulated hosts keep what they hold. */
  readonly folder: string
  /** Between 0 and 1; default Math.random. */
  readonly random?: () => number
  readonly fence?: Fence | undefined
}

const stores = new Map<string, Store>()

/** One per folder, so that what one host read no other reads again. */
const storeOf = (folder: string): Store => {
  const store = stores.get(folder) ?? openStore(folder)
  stores.set(folder, store)
  return store
}

const hashOf = async (folder: string): Promise<string> => {
  try {
    return (JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as { hash: string }).hash
  } catch (cause) {
    throw new SysvmError('SYSVM_IMAGE_MISSING', `There is no image in ${folder}: ${messageOf(cause)}.`, { cause })
  }
}

/** A host that is only thought of: it takes time, fails now and then, and keeps what it was given. */
export const simulatorDriver = (
  host: SimulatedHost,
  { folder, random = Math.random, fence }: SimulatorOptions,
): HostDriver => {
  const store = storeOf(folder)
  const seen = (): number => store.read<number>(`${host.name}.fence`) ?? 0
  /** The host obeys no manager that is older than one it has seen. */
  const obey = async (): Promise<void> => {
    if (fence === undefined) return
    const assured = await fence.assure()
    const epoch = seen() > assured ? await fence.renew(seen()) : assured
    if (seen() > epoch)
      throw new SysvmError('SYSVM_FENCED', `The host ${host.name} obeys another manager: nothing was done.`, {
        details: { host: host.name, epoch },
      })
    if (seen() < epoch) store.write(`${host.name}.fence`, epoch)
  }
  const read = (): HostState => store.read<HostState>(host.name) ?? emptyHost
  const change = (next: HostState): void => {
    if (next !== read()) store.write(host.name, next)
  }
  /** Around `mean`, from half to one and a half of it. */
  const around = (mean: number): number => mean * (0.5 + random())
  const takeTime = async (): Promise<void> => {
    if (host.delayMs > 0) await sleep(around(host.delayMs))
    if (store.has(`${host.name}.off`))
      throw new SysvmError('SYSVM_HOST_UNREACHABLE', `The simulated host ${host.name} does not answer.`, {
        details: { host: host.name },
      })
  }
  const broken = (): SysvmError =>
    new SysvmError('SYSVM_COMMAND_FAILED', `The simulated host ${host.name} failed, as it was told to.`)
  /** A command that fails may have done its deed before. */
  const act = async <T>(deed: () => T): Promise<T> => {
    await takeTime()
    await obey()
    const fails = host.fail > 0 && random() < host.fail
    if (fails && random() < 0.5) throw broken()
    const done = deed()
    if (fails) throw broken()
    return done
  }
  const machineAt = (address: string) =>
    Object.values(read().machines).find(
      ({ spec, state, readyAt }) =>
        state === 'running' && readyAt <= Date.now() && spec.boot?.control.split('/')[0] === address,
    )
  return {
    inventory: async () => {
      await takeTime()
      return {
        name: host.name,
        cpus: host.cpus,
        memoryMiB: host.memoryMiB,
        storageFree: 1e13,
        kernel: 'simulated',
        acceleration: 'none',
        hypervisorVersion: 'simulator 1',
        bridges: Object.keys(read().bridges),
        addresses: host.address === undefined ? [] : [host.address],
      }
    },
    ensureImage: async (image) => {
      const hash = await hashOf(image)
      if (!read().images.includes(hash)) await act(() => change(withImage(read(), hash)))
    },
    ensureControlNetwork: () =>
      act(() => {
        if (CONTROL_BRIDGE in read().bridges) return
        change(withBridge(read(), { id: 'control', bridge: CONTROL_BRIDGE, isolation: { kind: 'bridge' }, mtu: 1500 }))
      }),
    ensureNetwork: (network) => {
      checkNetwork(network)
      return act(() => change(withBridge(read(), network)))
    },
    removeNetwork: ({ bridge }) => act(() => change(withoutBridge(read(), bridge))),
    ensureMachine: async (machine) => {
      checkMachine(machine)
      hostPaths().image(machine.image)
      await act(() => change(withMachine(read(), machine, Date.now(), around(host.bootMs))))
      return { name: machine.name, uuid: machine.uuid, state: 'running' }
    },
    stopMachine: (name) =>
      act(() => {
        resign(store, `${host.name}/${name}`)
        change(withStopped(read(), name))
      }),
    destroyMachine: (name) =>
      act(() => {
        resign(store, `${host.name}/${name}`)
        change(withoutMachine(read(), name))
        store.remove(`${host.name}/${name}`)
      }),
    exportMachine: async (name) => {
      const machine = await act(() => read().machines[name])
      if (machine === undefined) return undefined
      return {
        stdin: new PassThrough(),
        stdout: Readable.from([JSON.stringify(machine)]),
        ended: Promise.resolve(),
        stop: () => {},
      }
    },
    importMachine: async (name, packed) => {
      const machine = JSON.parse(await text(packed.stdout)) as SimulatedMachine
      await packed.ended
      await act(() => change(withStopped({ ...read(), machines: { ...read().machines, [name]: machine } }, name)))
    },
    listMachines: () =>
      act(() => Object.values(read().machines).map(({ spec, state }) => ({ name: spec.name, uuid: spec.uuid, state }))),
    openControl: async (address) => {
      await takeTime()
      const machine = machineAt(address)
      if (machine === undefined)
        throw new SysvmError('SYSVM_HOST_CONNECT', `Nothing answers at ${address} on ${host.name}.`)
      const { name } = machine.spec
      return openSimulatedControl({
        store,
        name: `${host.name}/${name}`,
        machine: machine.spec,
        now: Date.now,
        powerOff: () => {
          resign(store, `${host.name}/${name}`)
          change(withStopped(read(), name))
        },
      })
    },
    readConsole: async (name, { lastBytes = 65_536 } = {}) => {
      await takeTime()
      const machine = read().machines[name]
      const lines = Array.from({ length: machine?.boots ?? 0 }, (_, index) => `${name}: boot ${index + 1}\n`)
      return lines.join('').slice(-lastBytes)
    },
    close: async () => {},
  }
}
