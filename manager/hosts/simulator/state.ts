import { SysvmError } from '@sysvm/errors'
import type { MachineSpec, NetworkSpec } from '../driver.ts'
import { nicFailed } from '../outcome.ts'

export interface SimulatedMachine {
  readonly spec: MachineSpec
  readonly state: 'running' | 'stopped'
  readonly boots: number
  /** Milliseconds since 1970 at which what runs in it answers. */
  readonly readyAt: number
}

/** All that a simulated host holds. */
export interface HostState {
  /** Hashes of its images. */
  readonly images: readonly string[]
  readonly bridges: Readonly<Record<string, NetworkSpec>>
  readonly machines: Readonly<Record<string, SimulatedMachine>>
}

export const emptyHost: HostState = { images: [], bridges: {}, machines: {} }

const without = <T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => name !== key))

export const withImage = (state: HostState, hash: string): HostState =>
  state.images.includes(hash) ? state : { ...state, images: [...state.images, hash] }

export const withBridge = (state: HostState, network: NetworkSpec): HostState => ({
  ...state,
  bridges: { ...state.bridges, [network.bridge]: network },
})

/** Rejects with SYSVM_IN_USE while a machine that runs has a nic on it. */
export const withoutBridge = (state: HostState, bridge: string): HostState => {
  const users = Object.values(state.machines).filter(
    ({ spec, state }) => state === 'running' && spec.nics.some((nic) => nic.bridge === bridge),
  )
  if (users.length > 0)
    throw new SysvmError(
      'SYSVM_IN_USE',
      `The bridge ${bridge} still has machines on it: ${users.map(({ spec }) => spec.name).join(', ')}.`,
      { details: { bridge } },
    )
  return { ...state, bridges: without(state.bridges, bridge) }
}

const missingBridge = (state: HostState, { nics }: MachineSpec): string | undefined =>
  nics.find(({ bridge }) => !Object.hasOwn(state.bridges, bridge))?.bridge

/** It runs afterwards: one that runs gets its nics and nothing else, any other boots at `now`. */
export const withMachine = (state: HostState, spec: MachineSpec, now: number, bootMs: number): HostState => {
  const before = state.machines[spec.name]
  const bridge = missingBridge(state, spec)
  const put = (machine: SimulatedMachine): HostState => ({
    ...state,
    machines: { ...state.machines, [spec.name]: machine },
  })
  if (before?.state === 'running') {
    if (bridge !== undefined) throw nicFailed(spec.name, `there is no bridge ${bridge}`)
    return put({ ...before, spec: { ...before.spec, nics: spec.nics } })
  }
  if (!state.images.includes(spec.image))
    throw new SysvmError('SYSVM_IMAGE_MISSING', `The image ${spec.image} is not on the host.`)
  if (bridge !== undefined)
    throw new SysvmError('SYSVM_MACHINE_START', `${spec.name} did not start: there is no bridge ${bridge}.`, {
      details: { machine: spec.name },
    })
  return put({ spec, state: 'running', boots: (before?.boots ?? 0) + 1, readyAt: now + bootMs })
}

export const withStopped = (state: HostState, name: string): HostState => {
  const before = state.machines[name]
  if (before === undefined || before.state === 'stopped') return state
  return { ...state, machines: { ...state.machines, [name]: { ...before, state: 'stopped' } } }
}

export const withoutMachine = (state: HostState, name: string): HostState =>
  name in state.machines ? { ...state, machines: without(state.machines, name) } : state
