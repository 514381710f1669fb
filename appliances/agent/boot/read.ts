import { SysvmError } from '@sysvm/errors'
import { z } from 'zod'
import { BOOT_CREDENTIAL, readCredential } from './credential.ts'
import { BootParameters } from './parameters.ts'

/** Throws SYSVM_BOOT_INVALID; the text is never quoted, since it holds the host key. */
export const parseBootParameters = (text: string): BootParameters => {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text.
    throw new SysvmError('SYSVM_BOOT_INVALID', `The credential ${BOOT_CREDENTIAL} is not JSON.`)
  }
  const parsed = BootParameters.safeParse(json)
  if (parsed.success) return parsed.data
  throw new SysvmError(
    'SYSVM_BOOT_INVALID',
    `The credential ${BOOT_CREDENTIAL} does not fit: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`,
  )
}

/** The boot parameters, or undefined when the machine was started without the credential. */
export const readBootParameters = async (): Promise<BootParameters | undefined> => {
  const text = await readCredential()
  return text === undefined ? undefined : parseBootParameters(text)
}
