import type { SpecEnvelope } from '@sysvm/agent/spec'
import { addressOf, hasAddress, interfacesOf, refuse, repeated, servicesOf } from '../whole.ts'
import type { DnsSpec } from './spec.ts'

/** Rules across the document; throws SYSVM_SPEC_INVALID. */
export const validate = ({ views }: DnsSpec, whole: SpecEnvelope): void => {
  const guests = interfacesOf(whole, 'guest')
  const device = repeated(views.map((view) => view.device))
  if (device !== undefined) throw refuse(`DNS on ${device} is given twice`, { device })
  const all = views.flatMap(({ listen }) => listen)
  for (const view of views) {
    const nic = guests.find((candidate) => candidate.device === view.device)
    if (nic === undefined) throw refuse(`DNS on ${view.device}: there is no guest interface of this name`)
    const own6 = servicesOf(whole).ipv6?.interfaces.find(({ device: name }) => name === view.device)?.addresses ?? []
    const stray = view.listen.find(
      (address) => !hasAddress(nic, address) && !own6.some((cidr) => addressOf(cidr) === address),
    )
    if (stray !== undefined) throw refuse(`DNS on ${stray}: ${view.device} does not have it`, { address: stray })
    const own = view.upstreams.find((address) => all.includes(address))
    if (own !== undefined) throw refuse(`DNS would ask itself at ${own}`, { address: own })
    const twice = repeated(view.records.map(({ name, address }) => `${name.toLowerCase()} ${address}`))
    if (twice !== undefined) throw refuse(`The record ${twice} is given twice`)
  }
}
