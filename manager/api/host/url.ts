import { isIP } from 'node:net'
import { SysvmError } from '@sysvm/errors'

/** A user name of Linux. */
export const USER = /^[a-z_][a-z0-9_-]{0,31}$/
const NAME = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/
const LOCAL = /^local:(\?(netns=[A-Za-z0-9_.-]{1,64}|pid=[1-9][0-9]{0,9}|pidfile=\/[A-Za-z0-9_./-]{1,200}))?$/
const REMOTE =
  /^(ssh|http):\/\/(?:([^@/:]+)@)?([^@/:]+|\[[0-9a-fA-F:]+\])(?::(\d{1,5}))?\/?(\?hostkey=SHA256:[A-Za-z0-9+/]{43})?$/

/** Its options are read, and refused, when it is opened. */
const SIMULATED = /^simulator:[a-z0-9][a-z0-9-]{0,62}(\?[a-z0-9=&.]{1,200})?$/

const bad = (url: string) =>
  new SysvmError(
    'SYSVM_API_PARAMETER',
    `Parameter url: '${url.slice(0, 60)}' is not a host: write ssh://user@address:port (?hostkey=SHA256:… pins its key), or local: for this machine.`,
  )

/**
 * The one spelling of a host's address that is stored, so that no host is added twice. CloudStack's `http://address`
 * with a user name means SSH at port 22.
 */
export const hostUrl = (url: string, username = 'root'): string => {
  if (LOCAL.test(url) || SIMULATED.test(url)) return url
  const [, scheme, user = username, host, port = '22', pin = ''] = REMOTE.exec(url) ?? []
  if (host === undefined || !USER.test(user) || Number(port) < 1 || Number(port) > 65535) throw bad(url)
  if (!NAME.test(host) && isIP(host.replace(/^\[|\]$/g, '')) === 0) throw bad(url)
  return `ssh://${user}@${host.toLowerCase()}:${scheme === 'http' ? 22 : Number(port)}${pin}`
}

/** What of a stored URL a client sees. */
export const hostAddress = (url: string): { readonly address: string; readonly user: string } => {
  const [, , user, host] = REMOTE.exec(url) ?? []
  return host === undefined
    ? { address: '127.0.0.1', user: 'root' }
    : { address: host.replace(/^\[|\]$/g, ''), user: user ?? 'root' }
}
