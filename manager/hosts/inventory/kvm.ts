import { isSysvmError } from '@sysvm/errors'
import type { HostConnection } from '../connection.ts'
import type { HostFacts } from '../driver.ts'
import { probeAcceleration } from '../kvm/acceleration.ts'
import { virsh } from '../kvm/virsh.ts'
import type { HostPaths } from '../paths.ts'
import { readFacts, requireAll } from './read.ts'

const PROGRAMS = [
  'bridge',
  'flock',
  'ip',
  'nft',
  'qemu-img',
  'qemu-system-x86_64',
  'sha256sum',
  'tar',
  'timeout',
  'virsh',
]

/** What a KVM host is; SYSVM_HOST_REQUIREMENTS names everything it lacks. */
export async function kvmInventory(connection: HostConnection, paths: HostPaths): Promise<HostFacts> {
  const { facts, missing } = await readFacts(connection, paths, PROGRAMS)
  const lacks = [...missing]
  let version = ''
  if (!missing.includes('the program virsh')) {
    try {
      version = (await virsh(connection, ['version'])).match(/Running hypervisor: (.*)/)?.[1] ?? 'libvirt'
    } catch (error) {
      if (!isSysvmError(error, 'SYSVM_COMMAND_FAILED')) throw error
      lacks.push(`a libvirt daemon that answers at qemu:///system (${error.details.stderr})`)
    }
  }
  requireAll('kvm', facts.name, lacks)
  return { ...facts, acceleration: await probeAcceleration(connection, paths), hypervisorVersion: version }
}
