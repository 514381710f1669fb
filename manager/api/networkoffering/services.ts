import { SysvmError } from '@sysvm/errors'
import { routerServices } from '../provider/services.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

type Providers = readonly { readonly service: string; readonly provider: string }[]

/** Services with their providers as an offering keeps them; what the virtual router cannot give is refused by name. */
export const offeredServices = (wanted: readonly string[], providers: Providers = []): Record<string, string[]> => {
  const spelt = (service: string) => routerServices.find((name) => name.toLowerCase() === service.toLowerCase())
  const missing = wanted.filter((service) => spelt(service) === undefined)
  if (missing.length > 0)
    throw bad(
      `Parameter supportedservices: ${missing.join(', ')} cannot be offered; there are ${routerServices.join(', ')}.`,
    )
  const names = [...new Set(wanted.map((service) => spelt(service) as string))]
  if (!names.includes('SourceNat') && names.includes('Firewall'))
    throw bad('Parameter supportedservices: Firewall needs SourceNat: add it.')
  for (const { service, provider } of providers) {
    if (!names.includes(spelt(service) ?? ''))
      throw bad(`Parameter serviceproviderlist: ${service.slice(0, 60)} is not among supportedservices.`)
    if (provider.toLowerCase() !== 'virtualrouter')
      throw bad(`Parameter serviceproviderlist: there is no provider '${provider.slice(0, 60)}', only VirtualRouter.`)
  }
  return Object.fromEntries(names.map((name) => [name, ['VirtualRouter']]))
}
