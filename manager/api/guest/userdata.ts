import { SysvmError } from '@sysvm/errors'

/** As CloudStack's vm.userdata.max.length: bytes of base64 that a guest may have. */
const LONGEST = 1_048_576

/** User data comes in base64, padded or not, URL-safe or not; it is kept in the plain padded form. */
export const readUserData = (given: string): string => {
  const text = given
    .replaceAll(/[\r\n]/g, '')
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/=+$/, '')
  if (text.length > LONGEST)
    throw new SysvmError('SYSVM_API_PARAMETER', `Parameter userdata: longer than ${LONGEST} bytes of base64.`)
  const bytes = Buffer.from(text, 'base64')
  const padded = bytes.toString('base64')
  // Node skips what is not base64: only what comes back the same was.
  if (padded.replace(/=+$/, '') !== text)
    throw new SysvmError('SYSVM_API_PARAMETER', 'Parameter userdata: is not base64.')
  return padded
}
