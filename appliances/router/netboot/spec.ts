import { Ipv4, Mac } from '@sysvm/agent/spec'
import { z } from 'zod'
import { BootScript, BootUrl, KernelArguments } from './values.ts'

export const BootLinux = z.strictObject({
  kernel: BootUrl,
  /** In the order in which they are loaded. */
  initrd: z.array(BootUrl).max(8).default([]),
  arguments: KernelArguments.default(''),
})

export const NetbootGuest = z
  .strictObject({
    /** The guest is known by the address it asks from. */
    address: Ipv4,
    mac: Mac,
    linux: BootLinux.optional(),
    /** Instead: a script of its own. */
    script: BootScript.optional(),
  })
  .refine(({ linux, script }) => (linux === undefined) !== (script === undefined), {
    error: 'a guest boots either a kernel or a script',
  })

export const NetbootSpec = z.strictObject({
  /** Gateway addresses that answer by TFTP (port 69) and HTTP (port 8069). */
  listen: z.array(Ipv4).min(1),
  guests: z.array(NetbootGuest),
})
export type NetbootSpec = z.infer<typeof NetbootSpec>
export type NetbootGuest = z.infer<typeof NetbootGuest>
