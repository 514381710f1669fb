import { isIP } from 'node:net'
import { SysvmError } from '@sysvm/errors'
import { type Caller, rootAdmin } from './caller.ts'
import type { Visit } from './visit.ts'
import type { RawRequest } from './wire/request.ts'

/** One way in: it knows the caller or rejects. */
export type Authenticate = (visit: Visit, raw: RawRequest) => Promise<Caller>

/**
 * The integration port trusts whoever reaches it, so it must not be reached by a web page in a browser on this
 * machine: neither across sites nor through a name that was pointed at the loopback address (DNS rebinding).
 */
const refuseBrowsers = ({ headers }: Visit): void => {
  const host = (headers.host ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
  const site = headers['sec-fetch-site']
  const foreign = site !== undefined && site !== 'none' && site !== 'same-origin'
  // To addresses that they do not trust browsers do not say whence they come, only that they are browsers.
  const unsaid = site === undefined && /^Mozilla\//i.test(headers['user-agent'] ?? '')
  const origin = headers.origin !== undefined && headers.origin !== `http://${headers.host}`
  if (foreign || unsaid || origin || (host !== 'localhost' && isIP(host) === 0))
    throw new SysvmError('SYSVM_API_FORBIDDEN', 'The integration port answers programs on this machine, not web pages.')
}

/** The integration port: no credentials, the root administrator. Bind it to loopback. */
export const integrationPort: Authenticate = async (visit) => {
  refuseBrowsers(visit)
  return rootAdmin
}
