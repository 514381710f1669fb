import type { Duplex } from 'node:stream'
import { SysvmError } from '@sysvm/errors'
import type { HostConnection } from './connection.ts'
import { containerDriver } from './container/driver.ts'
import type { HostDriver } from './driver.ts'
import { kvmDriver } from './kvm/driver.ts'
import { openLocal } from './local/index.ts'
import { openSsh } from './ssh/index.ts'
import { parseHostUrl } from './url.ts'

export type { HostConnection } from './connection.ts'
export type * from './driver.ts'
export { parseHostUrl } from './url.ts'

export interface ReachOptions {
  /** The manager's private key, OpenSSH or PEM text. Needed for ssh: addresses. */
  readonly privateKey?: string
  /** `SHA256:…` of the host's key. Needed for ssh: addresses that do not name it themselves. */
  readonly hostKey?: string
  /** How a TCP stream to the host's SSH server is opened; default: from this process's own network. */
  readonly dial?: (host: string, port: number) => Promise<Duplex>
}

export interface OpenHostOptions extends ReachOptions {
  readonly driver: 'kvm' | 'container'
  /** Where the host keeps images, machines and their disks; default /var/lib/sysvm/host. */
  readonly stateDirectory?: string
}

/** Nothing is sent before the first command: an ssh host is dialled then. */
export function openConnection(url: string, options: ReachOptions = {}): HostConnection {
  const address = parseHostUrl(url)
  if (address.kind === 'local') return openLocal(address)
  const { privateKey, dial } = options
  const hostKey = address.hostKey ?? options.hostKey
  if (privateKey === undefined || hostKey === undefined)
    throw new SysvmError('SYSVM_HOST_URL', `The host ${url} needs a private key and the fingerprint of its host key.`)
  return openSsh({ ...address, privateKey, hostKey, ...(dial === undefined ? {} : { dial }) })
}

/** The driver of one host. Close it when the host leaves or the manager ends. */
export function openHost(url: string, options: OpenHostOptions): HostDriver {
  const connection = openConnection(url, options)
  return options.driver === 'container' ? containerDriver(connection, options) : kvmDriver(connection, options)
}
