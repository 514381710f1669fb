import { isIPv4 } from 'node:net'
import { SysvmError } from '@sysvm/errors'
import type { NetworkSpec } from '../driver.ts'

const invalid = (message: string): never => {
  throw new SysvmError('SYSVM_MACHINE_SPEC', message)
}

/** A name of a network device as the kernel takes it and no tool misreads it. */
export function checkDevice(name: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/.test(name)) invalid(`"${name}" is not a name of a network device.`)
}

/** Everything that becomes a word of a batch file is checked here, whoever made it. */
export function checkNetwork(spec: NetworkSpec): void {
  checkDevice(spec.bridge)
  if (!Number.isInteger(spec.mtu) || spec.mtu < 576 || spec.mtu > 65_000) invalid(`${spec.mtu} is not a usable MTU.`)
  if (spec.isolation.kind !== 'vxlan') return
  const { vni, local, remotes } = spec.isolation
  if (!Number.isInteger(vni) || vni < 1 || vni > 0xffffff) invalid(`${vni} is not a VXLAN network identifier.`)
  for (const address of [local, ...remotes]) if (!isIPv4(address)) invalid(`"${address}" is not an IPv4 address.`)
}
