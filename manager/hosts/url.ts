import { isIP } from 'node:net'
import { SysvmError } from '@sysvm/errors'
import type { Place } from './local/namespace.ts'
import { parseSimulatorUrl, type SimulatedHost } from './simulator/url.ts'

export type HostAddress =
  | ({ readonly kind: 'local' } & Place)
  | SimulatedHost
  | {
      readonly kind: 'ssh'
      readonly user: string
      readonly host: string
      readonly port: number
      /** `SHA256:…`, when the address itself says which key the host must show. */
      readonly hostKey?: string
    }

const refuse = (url: string, why: string): never => {
  throw new SysvmError('SYSVM_HOST_URL', `The host address "${url}" ${why}.`, { details: { url } })
}

const FINGERPRINT = /^SHA256:[A-Za-z0-9+/]{43}$/

/** `ssh://user@address:port`, with `?hostkey=SHA256:…` to pin its key, `local:`, `local:?netns=NAME`, or all namespaces of a process by `local:?pid=N` or `?pidfile=PATH`; `simulator:NAME` for a host that is only thought of. */
export function parseHostUrl(url: string): HostAddress {
  if (!URL.canParse(url)) return refuse(url, 'is not a URL; use ssh://user@address:port or local:')
  const parsed = new URL(url)
  if (parsed.protocol === 'local:') return parseLocal(url, parsed)
  if (parsed.protocol === 'simulator:') return parseSimulatorUrl(url, parsed)
  if (parsed.protocol !== 'ssh:') return refuse(url, 'has an unknown scheme; use ssh: or local:')
  if (parsed.password !== '') return refuse(parsed.host, 'holds a password; hosts are reached by key only')
  if (parsed.pathname !== '' && parsed.pathname !== '/') return refuse(url, 'has a path, which means nothing here')
  const host = parsed.hostname.replace(/^\[|\]$/g, '')
  // URL leaves names of unknown schemes as they are, so nothing odd may slip through to a resolver.
  if (isIP(host) === 0 && !/^[a-z0-9]([a-z0-9.-]{0,252}[a-z0-9])?$/i.test(host)) return refuse(url, 'names no host')
  // A form's plus is a blank; base64 has none.
  const pins = [...parsed.searchParams].map(([name, value]) => ({ name, value: value.replaceAll(' ', '+') }))
  const unknown = pins.find(({ name, value }) => name !== 'hostkey' || !FINGERPRINT.test(value))
  if (unknown !== undefined) return refuse(url, `has a parameter that is unknown or malformed: ${unknown.name}`)
  const [pin] = pins
  return {
    kind: 'ssh',
    ...(pin === undefined ? {} : { hostKey: pin.value }),
    user: parsed.username === '' ? 'root' : decodeURIComponent(parsed.username),
    host,
    port: parsed.port === '' ? 22 : Number(parsed.port),
  }
}

function parseLocal(url: string, parsed: URL): HostAddress {
  if (parsed.pathname !== '') return refuse(url, 'has a path, which means nothing here')
  const address: { kind: 'local'; netns?: string; pid?: number; pidfile?: string } = { kind: 'local' }
  for (const [name, value] of parsed.searchParams) {
    if (name === 'netns' && /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(value)) address.netns = value
    else if (name === 'pid' && /^[1-9][0-9]{0,9}$/.test(value)) address.pid = Number(value)
    else if (name === 'pidfile' && /^\/[A-Za-z0-9_./-]{1,200}$/.test(value)) address.pidfile = value
    else return refuse(url, `has a parameter that is unknown or malformed: ${name}=${value}`)
  }
  return address
}
