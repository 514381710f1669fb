import { SysvmError } from '@sysvm/errors'
import {
  isHostService,
  type RouterService,
  routerServices,
  SECURITY_GROUP,
  spelt,
  vpcServices,
} from '../provider/services.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

type Providers = readonly { readonly service: string; readonly provider: string }[]

/** What needs what else: rules of the first are about addresses or flows of the second. */
const checkNeeds = (names: readonly RouterService[], forVpc: boolean, routed: boolean): void => {
  const has = (name: RouterService): boolean => names.includes(name)
  if (forVpc && has('Firewall'))
    throw bad('Parameter supportedservices: tiers of a VPC have NetworkACL in the place of Firewall: name that.')
  if (!forVpc && has('NetworkACL'))
    throw bad('Parameter supportedservices: NetworkACL is for tiers of a VPC: set forvpc, or leave it out.')
  if (routed) return
  for (const name of ['Firewall', 'StaticNat', 'PortForwarding'] as const)
    if (has(name) && !has('SourceNat')) throw bad(`Parameter supportedservices: ${name} needs SourceNat: add it.`)
}

const checkProviders = (names: readonly string[], providers: Providers): void => {
  for (const { service, provider } of providers) {
    if (!names.includes(isHostService(service) ? SECURITY_GROUP : (spelt(service) ?? '')))
      throw bad(`Parameter serviceproviderlist: ${service.slice(0, 60)} is not among supportedservices.`)
    const possible = isHostService(service) ? ['SecurityGroupProvider'] : ['VirtualRouter', 'VpcVirtualRouter']
    if (!possible.some((name) => name.toLowerCase() === provider.toLowerCase()))
      throw bad(
        `Parameter serviceproviderlist: ${service.slice(0, 60)} has no provider '${provider.slice(0, 60)}', only ${possible[0]}.`,
      )
  }
}

interface Kind {
  readonly forVpc?: boolean | undefined
  readonly routed?: boolean | undefined
}

/** Services with their providers as an offering keeps them; what the virtual router cannot give is refused by name. */
export const offeredServices = (
  wanted: readonly string[],
  providers: Providers = [],
  { forVpc = false, routed = false }: Kind = {},
): Record<string, string[]> => {
  const possible = forVpc ? vpcServices : routerServices
  const secured = wanted.some(isHostService)
  if (secured && forVpc) throw bad('Parameter supportedservices: tiers of a VPC are kept apart by NetworkACL alone.')
  const missing = wanted.filter((service) => spelt(service) === undefined && !isHostService(service))
  if (missing.length > 0)
    throw bad(`Parameter supportedservices: ${missing.join(', ')} cannot be offered; there are ${possible.join(', ')}.`)
  const names = [...new Set(wanted.flatMap((service) => spelt(service) ?? []))]
  checkNeeds(names, forVpc, routed)
  checkProviders(secured ? [...names, SECURITY_GROUP] : names, providers)
  return {
    ...Object.fromEntries(names.map((name) => [name, ['VirtualRouter']])),
    ...(secured && { [SECURITY_GROUP]: ['SecurityGroupProvider'] }),
  }
}
