import { uptime } from 'node:os'
import type { Status } from './api/index.ts'
import type { BootParameters } from './boot/parameters.ts'
import { readTextFile } from './effects/index.ts'

/** What a machine says about itself that no commit changes. */
export type MachineFacts = Pick<Status, 'name' | 'role' | 'firmware' | 'image' | 'platform' | 'bootId'>

export const readMachineFacts = async (boot: BootParameters, firmware: string): Promise<MachineFacts> => {
  const [image, platform, bootId] = await Promise.all([
    readTextFile('/etc/sysvm/image'),
    readTextFile('/etc/sysvm/platform'),
    readTextFile('/proc/sys/kernel/random/boot_id'),
  ])
  return {
    name: boot.name,
    role: boot.role,
    firmware,
    image: image?.trim() ?? 'unknown',
    platform: platform?.trim() ?? 'unknown',
    bootId: bootId?.trim() ?? 'unknown',
  }
}

/** Since the machine booted, not since the agent started. */
export const uptimeSeconds = (): number => Math.floor(uptime())
