import type { Duplex } from 'node:stream'
import { SysvmError } from '@sysvm/errors'
import type { HostConnection } from './connection.ts'
import { containerDriver } from './container/driver.ts'
import type { HostDriver } from './driver.ts'
import { type Fence, fencedDriver } from './fence.ts'
import { kvmDriver } from './kvm/driver.ts'
import { openLocal } from './local/index.ts'
import { STATE_DIRECTORY } from './paths.ts'
import { simulatorDriver } from './simulator/index.ts'
import { openSsh } from './ssh/index.ts'
import { parseHostUrl } from './url.ts'

export type { HostConnection } from './connection.ts'
export type * from './driver.ts'
export type { Fence } from './fence.ts'
export { parseHostUrl } from './url.ts'

export interface ReachOptions {
  /** The manager's private key, OpenSSH or PEM text. Needed for ssh: addresses. */
  readonly privateKey?: string
  /** `SHA256:…` of the host's key. Needed for ssh: addresses that do not name it themselves. */
  readonly hostKey?: string
  /** How a TCP stream to the host's SSH server is opened; default: from this process's own network. */
  readonly dial?: (host: string, port: number) => Promise<Duplex>
}

export type DriverName = 'kvm' | 'container' | 'simulator'

const drivers: Readonly<Record<string, DriverName>> = { KVM: 'kvm', Container: 'container', Simulator: 'simulator' }

/** The driver that a cluster's hypervisor stands for. */
export const driverOfHypervisor = (hypervisor: string): DriverName => drivers[hypervisor] ?? 'container'

export interface OpenHostOptions extends ReachOptions {
  readonly driver: DriverName
  /** Folder in which simulated hosts keep what they hold; without it there are none. */
  readonly simulator?: string | undefined
  /** Where the host keeps images, machines and their disks; default /var/lib/sysvm/host. */
  readonly stateDirectory?: string
  /** The right to change the host; without it nothing is checked. */
  readonly fence?: Fence | undefined
}

/** Nothing is sent before the first command: an ssh host is dialled then. */
export function openConnection(url: string, options: ReachOptions = {}): HostConnection {
  const address = parseHostUrl(url)
  if (address.kind === 'local') return openLocal(address)
  if (address.kind === 'simulator')
    throw new SysvmError('SYSVM_HOST_URL', `The host ${url} is simulated: only the hypervisor Simulator takes it.`)
  const { privateKey, dial } = options
  const hostKey = address.hostKey ?? options.hostKey
  if (privateKey === undefined || hostKey === undefined)
    throw new SysvmError('SYSVM_HOST_URL', `The host ${url} needs a private key and the fingerprint of its host key.`)
  return openSsh({ ...address, privateKey, hostKey, ...(dial === undefined ? {} : { dial }) })
}

function openSimulated(url: string, { simulator: folder, fence }: OpenHostOptions): HostDriver {
  const address = parseHostUrl(url)
  if (address.kind !== 'simulator')
    throw new SysvmError('SYSVM_HOST_URL', `The host ${url} is not simulated: write simulator:NAME.`)
  if (folder === undefined)
    throw new SysvmError(
      'SYSVM_HOST_URL',
      `The host ${url} is simulated, and this manager has no simulated hosts: set SYSVM_SIMULATOR to a folder for them.`,
    )
  return simulatorDriver(address, { folder, fence })
}

/** The driver of one host. Close it when the host leaves or the manager ends. */
export function openHost(url: string, options: OpenHostOptions): HostDriver {
  if (options.driver === 'simulator') return openSimulated(url, options)
  const connection = openConnection(url, options)
  const { fence, stateDirectory = STATE_DIRECTORY } = options
  const open = (by: HostConnection): HostDriver =>
    options.driver === 'container' ? containerDriver(by, options) : kvmDriver(by, options)
  return fence === undefined ? open(connection) : fencedDriver(open, connection, fence, stateDirectory)
}
