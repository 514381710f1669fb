import { SysvmError } from '@sysvm/errors'
import type { MapEntries } from '../parameter.ts'
import { spelt } from '../provider/services.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** What may be chosen of a service; the first value is what is there without a choice. */
const possible: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  SourceNat: { SupportedSourceNatTypes: ['peraccount'], RedundantRouter: ['false', 'true'] },
  StaticNat: { ElasticIp: ['false'] },
  Lb: { SupportedLbIsolation: ['dedicated', 'shared'], ElasticLb: ['false'], lbSchemes: ['public', 'internal'] },
}

const named = <T>(values: Readonly<Record<string, T>>, name: string): readonly [string, T] | undefined =>
  Object.entries(values).find(([key]) => key.toLowerCase() === name.toLowerCase())

/** `service`, `capabilitytype` and `capabilityvalue` in each entry; by service, as an offering keeps them. */
export const offeredCapabilities = (
  entries: MapEntries,
  services: Readonly<Record<string, unknown>>,
): Record<string, Record<string, string>> => {
  const chosen: Record<string, Record<string, string>> = {}
  for (const entry of entries) {
    const lower = Object.fromEntries(Object.entries(entry).map(([key, value]) => [key.toLowerCase(), value]))
    const { service = '', capabilitytype = '', capabilityvalue = '' } = lower
    const name = spelt(service)
    if (name === undefined || services[name] === undefined)
      throw bad(`Parameter servicecapabilitylist: ${service.slice(0, 60)} is not among supportedservices.`)
    const [type, values] = named(possible[name] ?? {}, capabilitytype) ?? []
    if (type === undefined || values === undefined)
      throw bad(`Parameter servicecapabilitylist: ${name} has no capability '${capabilitytype.slice(0, 60)}'.`)
    const value = values.find((one) => one.toLowerCase() === capabilityvalue.toLowerCase())
    if (value === undefined)
      throw bad(
        `Parameter servicecapabilitylist: ${type} of ${name} is not '${capabilityvalue.slice(0, 60)}' but ${values.join(' or ')}.`,
      )
    chosen[name] = { ...chosen[name], [type]: value }
  }
  return chosen
}
