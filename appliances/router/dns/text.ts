import { SysvmError } from '@sysvm/errors'

/** Everything that addresses, names, paths and numbers are made of, and nothing that dnsmasq reads as more. */
const TOKEN = /^[A-Za-z0-9._/:-]+$/

/** A value that cannot end its line, begin a comment or become another value; throws SYSVM_RENDER_FAILED. */
export const token = (value: string | number): string => {
  const text = String(value)
  if (TOKEN.test(text)) return text
  throw new SysvmError('SYSVM_RENDER_FAILED', `${JSON.stringify(text)} cannot stand in a configuration of dnsmasq`)
}

/** One line of dnsmasq.conf: a flag, or an option with its value. */
export const option = (name: string, value?: string | number): string =>
  value === undefined ? `${token(name)}\n` : `${token(name)}=${token(value)}\n`

/** One line of hosts(5). */
export const hostsLine = (address: string, names: readonly string[]): string =>
  `${[address, ...names].map(token).join(' ')}\n`
