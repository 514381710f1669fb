import { BOOT_URL, IPXE_SCRIPT, KERNEL_ARGUMENTS } from '@sysvm/router/spec'
import { z } from 'zod'
import * as p from '../parameter.ts'

const LONGEST_URL = 1024

const Url = z
  .string()
  .max(LONGEST_URL, `is longer than ${LONGEST_URL} characters`)
  .regex(BOOT_URL, 'is not an address such as http://198.51.100.9/vmlinuz of letters, digits and ._~%+=@:/-')

export const bootUrl = (description: string): p.Parameter<string, false> => ({
  type: 'string',
  description,
  required: false,
  length: LONGEST_URL,
  schema: Url,
})

export const bootUrls = (description: string): p.Parameter<string[], false> => ({
  type: 'list',
  description,
  required: false,
  length: 8 * LONGEST_URL,
  schema: z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(Url).max(8, 'has more than 8 items')),
})

export const kernelArguments = (description: string): p.Parameter<string, false> => {
  const parameter = p.text(description, 2000)
  const words = 'is not a kernel command line of letters, digits, spaces and ._:/=,@%+~[]()*-'
  return { ...parameter, schema: z.string().max(2000, 'is longer than 2000 characters').regex(KERNEL_ARGUMENTS, words) }
}

/** Base64, since a script has several lines. */
export const bootScript = (description: string): p.Parameter<string, false> => ({
  type: 'string',
  description,
  required: false,
  length: 22_000,
  schema: z
    .base64('is not base64')
    .transform((text) => Buffer.from(text, 'base64').toString('latin1'))
    .refine((text) => text.length <= 16_384, 'is longer than 16384 characters')
    .refine((text) => IPXE_SCRIPT.test(text), 'is not an iPXE script: a first line #!ipxe, then printable ASCII'),
})
