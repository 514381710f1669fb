import { isSysvmError, SysvmError } from '@sysvm/errors'
import { parseHostUrl } from '../../hosts/index.ts'
import { dialTcp, openSession } from '../../hosts/ssh/index.ts'

/** No server has it: the handshake ends when the key is shown, before anything is sent. */
const NOBODY = 'SHA256:'

/**
 * Fingerprint of an ssh: host's key; undefined for this machine. The one its address names, or else the one it shows:
 * that is trusted once, when the host is added, and pinned from then on.
 */
export const hostFingerprint = async (url: string, privateKey: string): Promise<string | undefined> => {
  const address = parseHostUrl(url)
  if (address.kind !== 'ssh') return undefined
  if (address.hostKey !== undefined) return address.hostKey
  const { user, host, port } = address
  try {
    const client = await openSession({ user, privateKey, hostKey: NOBODY, name: url, dial: () => dialTcp(host, port) })
    client.end()
  } catch (error) {
    const shown = isSysvmError(error, 'SYSVM_HOST_KEY_MISMATCH') ? error.details.shown : undefined
    if (typeof shown === 'string') return shown
    throw error
  }
  throw new SysvmError('SYSVM_HOST_UNREACHABLE', `The host ${url} shows no SSH key.`, { details: { url } })
}
