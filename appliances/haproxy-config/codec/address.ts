import { isIPv4, isIPv6 } from 'node:net'
import { HAProxyConfigError } from '../errors.ts'
import type { Scalar } from './codec.ts'

const isPort = (text: string): boolean => /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65535
const isHost = (text: string): boolean =>
  text === '*' || isIPv4(text) || /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(text)

const isAddress = (text: string): boolean => {
  if (/^(unix@\/|abns@)[A-Za-z0-9_./-]+$/.test(text)) return text.length <= 110
  const colon = text.lastIndexOf(':')
  const [host, port] = [text.slice(0, colon), text.slice(colon + 1)]
  if (!isPort(port)) return false
  return host.startsWith('[') && host.endsWith(']') ? isIPv6(host.slice(1, -1)) && !host.includes('%') : isHost(host)
}

const check = (code: 'HAPROXY_VALUE' | 'HAPROXY_UNREADABLE', text: string): string => {
  if (isAddress(text)) return text
  throw new HAProxyConfigError(
    code,
    `${JSON.stringify(text)} is not an address such as 10.1.1.1:80 or unix@/run/x.sock`,
  )
}

export const address: Scalar<string> = {
  write: (text) => check('HAPROXY_VALUE', text),
  read: (text) => check('HAPROXY_UNREADABLE', text),
}
