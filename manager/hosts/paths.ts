import { createHash } from 'node:crypto'
import { SysvmError } from '@sysvm/errors'
import type { MachineSpec } from './driver.ts'
import { checkDevice } from './network/validate.ts'

export const STATE_DIRECTORY = '/var/lib/sysvm/host'

/** Where things are on a host. */
export interface HostPaths {
  readonly state: string
  readonly machines: string
  image(hash: string): string
  machine(name: string): string
}

const invalid = (message: string): never => {
  throw new SysvmError('SYSVM_MACHINE_SPEC', message)
}

export function hostPaths(state: string = STATE_DIRECTORY): HostPaths {
  if (!/^\/[A-Za-z0-9._/-]+$/.test(state) || state.split('/').includes('..'))
    invalid(`The host's state directory "${state}" must be absolute and of letters, digits, dots, dashes and slashes.`)
  return {
    state,
    machines: `${state}/machines`,
    image: (hash) => {
      if (!/^[0-9a-f]{64}$/.test(hash)) invalid(`"${hash}" is not an image's hash.`)
      return `${state}/images/${hash}`
    },
    machine: (name) => {
      checkName(name)
      return `${state}/machines/${name}`
    },
  }
}

/** Names become folders, namespaces and domains. */
function checkName(name: string): void {
  if (!/^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(name)) invalid(`"${name}" is not a machine's name.`)
}

export function checkMachine(machine: MachineSpec): void {
  checkName(machine.name)
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(machine.uuid)) invalid(`"${machine.uuid}" is not a UUID.`)
  if (!Number.isInteger(machine.cpus) || machine.cpus < 1) invalid(`${machine.name} needs at least one CPU.`)
  if (!Number.isInteger(machine.memoryMiB) || machine.memoryMiB < 16) invalid(`${machine.name} needs at least 16 MiB.`)
  for (const nic of machine.nics) {
    checkDevice(nic.bridge)
    checkDevice(nic.device)
    if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(nic.mac)) invalid(`"${nic.mac}" is not a MAC address.`)
  }
  if (machine.kind === 'system' && machine.boot === undefined) invalid(`${machine.name} needs boot parameters.`)
}

/** Host side of a machine's nic: short, and the same at every attempt. */
export const portName = (machine: string, index: number): string =>
  `sv${createHash('sha256').update(machine).digest('hex').slice(0, 8)}.${index}`
