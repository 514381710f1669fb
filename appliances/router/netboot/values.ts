import { z } from 'zod'

/** A word of an iPXE or pxelinux script: nothing that either reads as more than part of an address. */
export const BOOT_URL = /^(?:https?|tftp):\/\/[A-Za-z0-9.:[\]-]+(?:\/[A-Za-z0-9._~%+,=@:/-]*)?$/
export const BootUrl = z
  .string()
  .max(1024)
  .regex(BOOT_URL, 'is not an address such as http://198.51.100.9/vmlinuz of letters, digits and ._~%+,=@:/-')

/** A kernel's command line: one line without quotes, `$`, `&`, `|`, `;` and `#`, which iPXE would read. */
export const KERNEL_ARGUMENTS = /^[A-Za-z0-9 ._:/=,@%+~[\]()*-]*$/
export const KernelArguments = z
  .string()
  .max(2000)
  .regex(KERNEL_ARGUMENTS, 'is not a kernel command line of letters, digits, spaces and ._:/=,@%+~[]()*-')

/** An iPXE script of the guest's owner, handed to this guest as it is. */
export const IPXE_SCRIPT = /^#!ipxe\n[\t\n\x20-\x7e]*$/
export const BootScript = z
  .string()
  .max(16_384)
  .regex(IPXE_SCRIPT, 'is not an iPXE script: a first line #!ipxe, then printable ASCII')
