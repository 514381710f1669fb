import { probeAcceleration } from '../../hosts/kvm/acceleration.ts'
import { openLocal } from '../../hosts/local/index.ts'
import { hostPaths } from '../../hosts/paths.ts'
import type { Settings } from '../settings.ts'

export interface Virtualization {
  readonly works: boolean
  readonly why: string
}

/** Whether this machine runs VMs with hardware acceleration: it boots a kernel from the image cache to find out. */
export const probeVirtualization = async (settings: Settings): Promise<Virtualization> => {
  const connection = openLocal()
  try {
    const works = (await probeAcceleration(connection, hostPaths(settings.cache))) === 'kvm'
    return works
      ? { works, why: 'hardware virtualization works here' }
      : { works, why: 'hardware virtualization does not work here; --driver kvm would emulate, which is slow' }
  } finally {
    await connection.close()
  }
}
