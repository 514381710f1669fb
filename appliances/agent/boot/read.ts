import { SysvmError } from '@sysvm/errors'
import { z } from 'zod'
import { readTextFile } from '../effects/index.ts'
import { BOOT_CREDENTIAL, BootParameters } from './parameters.ts'

/**
 * Where PID 1 puts system credentials (systemd.system-credentials(7)), from fw_cfg and from --load-credential alike;
 * a unit with ImportCredential= or LoadCredential= finds its copy in $CREDENTIALS_DIRECTORY.
 */
const places = (): string[] => [
  ...(process.env.CREDENTIALS_DIRECTORY === undefined ? [] : [process.env.CREDENTIALS_DIRECTORY]),
  '/run/credentials/@system',
]

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
  for (const place of places()) {
    const text = await readTextFile(`${place}/${BOOT_CREDENTIAL}`)
    if (text !== undefined) return parseBootParameters(text)
  }
  return undefined
}
