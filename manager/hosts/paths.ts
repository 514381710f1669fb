import { createHash } from 'node:crypto'
import { isIP } from 'node:net'
import { SysvmError } from '@sysvm/errors'
import type { MachineNic, MachineSpec } from './driver.ts'
import { checkDevice } from './network/validate.ts'

export const STATE_DIRECTORY = '/var/lib/sysvm/host'

/** Where things are on a host. */
export interface HostPaths {
  readonly state: string
  readonly machines: string
  image(hash: string): string
  machine(name: string): string
  /** Where a machine that comes from another host is until all of it is there; each transfer's is its own. */
  incoming(name: string, transfer: string): string
  /** Where machines go to be deleted. */
  readonly trash: string
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
    incoming: (name, transfer) => {
      checkName(name)
      return `${state}/incoming/${name}.${transfer}`
    },
    trash: `${state}/trash`,
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
    if (!/^eth(0|[1-9]\d{0,2})$/.test(nic.device)) invalid(`"${nic.device}" is not a nic's name such as eth1.`)
    if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(nic.mac)) invalid(`"${nic.mac}" is not a MAC address.`)
    for (const address of nic.addresses ?? [])
      if (isIP(address) === 0 || address.includes('%')) invalid(`"${address}" is not an address of a nic.`)
  }
  for (const key of ['mac', 'device'] as const)
    if (new Set(machine.nics.map((nic) => nic[key])).size < machine.nics.length)
      invalid(`Two nics of ${machine.name} have the same ${key}.`)
  if (machine.kind === 'system' && machine.boot === undefined) invalid(`${machine.name} needs boot parameters.`)
}

/** Begins the names of all host sides of a machine's nics, and of nothing else. */
export const portPrefix = (machine: string): string =>
  `sv${createHash('sha256').update(machine).digest('hex').slice(0, 8)}.`

/** Host side of a machine's nic `ethN`: short, and the same however many nics come and go beside it. */
export const portName = (machine: string, { device }: Pick<MachineNic, 'device'>): string =>
  `${portPrefix(machine)}${device.replace('eth', '')}`
