import type { DiagnosticRequest } from '@sysvm/agent/api'
import { SysvmError } from '@sysvm/errors'

type Kind = 'ping' | 'traceroute' | 'arping'
type Program = Extract<DiagnosticRequest, { readonly kind: Kind }>

/** A program's own option, and the field of the router's request that it becomes. */
interface Option {
  readonly field: string
  /** Range of its number; without one it is a device. */
  readonly range?: readonly [number, number]
}

const count: Option = { field: 'count', range: [1, 20] }
const device: Option = { field: 'device' }

const options: Readonly<Record<Kind, Readonly<Record<string, Option>>>> = {
  ping: {
    '-c': count,
    '-I': device,
    '-s': { field: 'size', range: [0, 9000] },
    '-t': { field: 'ttl', range: [1, 255] },
  },
  traceroute: { '-m': { field: 'hops', range: [1, 30] }, '-q': { field: 'queries', range: [1, 3] } },
  arping: { '-c': count, '-I': device },
}

const refuse = (message: string): SysvmError =>
  new SysvmError('SYSVM_API_PARAMETER', `The parameter params ${message}.`, { details: { parameter: 'params' } })

const argumentOf = (flag: string, { range }: Option, word: string | undefined): number | string => {
  if (word === undefined) throw refuse(`has nothing after ${flag}`)
  if (range === undefined) {
    if (/^eth\d{1,3}$/.test(word)) return word
    throw refuse(`has "${word}" after ${flag}, which is no device such as eth1`)
  }
  const [least, most] = range
  if (/^\d{1,5}$/.test(word) && Number(word) >= least && Number(word) <= most) return Number(word)
  throw refuse(`has "${word}" after ${flag}, which is not a number from ${least} to ${most}`)
}

/** The few options of the programs that are let through, as `-c 5 -I eth1`. Throws SYSVM_API_PARAMETER. Pure. */
export const diagnosticRequest = (kind: Kind, target: string, params: string | undefined): Program => {
  const words = (params ?? '').trim().split(/\s+/).filter(Boolean)
  const fields: Record<string, number | string> = {}
  for (let at = 0; at < words.length; at += 2) {
    const flag = words[at] ?? ''
    const option = Object.hasOwn(options[kind], flag) ? options[kind][flag] : undefined
    if (option === undefined)
      throw refuse(`has "${flag}", but ${kind} takes only ${Object.keys(options[kind]).join(', ')} here`)
    if (Object.hasOwn(fields, option.field)) throw refuse(`has ${flag} twice`)
    fields[option.field] = argumentOf(flag, option, words[at + 1])
  }
  return { kind, target, ...fields } as Program
}
