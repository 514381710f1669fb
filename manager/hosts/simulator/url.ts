import { isIPv4 } from 'node:net'
import { SysvmError } from '@sysvm/errors'

/** What `simulator:NAME?…` says of a simulated host. */
export interface SimulatedHost {
  readonly kind: 'simulator'
  readonly name: string
  readonly cpus: number
  readonly memoryMiB: number
  /** What each command takes, on average, in milliseconds. */
  readonly delayMs: number
  /** What a machine takes from its start until it answers, on average, in milliseconds. */
  readonly bootMs: number
  /** Share of the commands that fail, 0 to 1; half of those have done their deed. */
  readonly fail: number
  /** IPv4 address by which other hosts reach it. */
  readonly address?: string
}

const whole = (most: number) => (text: string) =>
  /^[0-9]{1,9}$/.test(text) && Number(text) <= most ? Number(text) : undefined
const share = (text: string) => (/^(0(\.[0-9]{1,6})?|1)$/.test(text) ? Number(text) : undefined)

/** Option in the address, field, and how it is read; undefined is refused. */
const OPTIONS = {
  cpus: ['cpus', whole(4096)],
  memory: ['memoryMiB', whole(67_108_864)],
  delay: ['delayMs', whole(60_000)],
  boot: ['bootMs', whole(600_000)],
  fail: ['fail', share],
  address: ['address', (text: string) => (isIPv4(text) ? text : undefined)],
} as const

const refuse = (url: string, why: string): never => {
  throw new SysvmError('SYSVM_HOST_URL', `The host address "${url}" ${why}.`, { details: { url } })
}

/** `simulator:NAME?cpus=64&memory=262144&delay=20&boot=500&fail=0.01&address=192.0.2.1`, all but the name optional. */
export const parseSimulatorUrl = (url: string, parsed: URL): SimulatedHost => {
  const name = parsed.pathname
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
    return refuse(url, 'names no simulated host: letters, digits and dashes follow simulator:')
  const options: Record<string, number | string> = {}
  for (const [option, text] of parsed.searchParams) {
    if (!Object.hasOwn(OPTIONS, option)) return refuse(url, `has an unknown option: ${option}`)
    const [field, read] = OPTIONS[option as keyof typeof OPTIONS]
    const value = read(text)
    if (value === undefined || field in options) return refuse(url, `has a malformed option: ${option}=${text}`)
    options[field] = value
  }
  return { kind: 'simulator', name, cpus: 64, memoryMiB: 262_144, delayMs: 0, bootMs: 0, fail: 0, ...options }
}
