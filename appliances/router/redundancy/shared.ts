import { addressesOf, type Live } from '../interfaces/live.ts'
import type { RedundantState } from './role.ts'

export interface Shared {
  readonly cidr: string
  readonly device: string
}

/** Addresses of a keepalived.conf that we rendered. Pure. */
export const sharedOf = (text: string): readonly Shared[] =>
  [...text.matchAll(/^ {4}([0-9.]+\/\d+) dev (\S+)$/gm)].map(([, cidr = '', device = '']) => ({ cidr, device }))

/** What differs between where the shared addresses are and where they should be, a line each. Pure. */
export const misplaced = (role: RedundantState, shared: readonly Shared[], { links }: Live): readonly string[] => {
  if (role === 'UNKNOWN') return ['keepalived has not taken a role']
  return shared.flatMap(({ cidr, device }) => {
    const link = links.find(({ ifname }) => ifname === device)
    const here = link !== undefined && addressesOf(link).includes(cidr)
    if (here === (role === 'PRIMARY')) return []
    return [here ? `${role} has ${cidr} on ${device}` : `PRIMARY has no ${cidr} on ${device}`]
  })
}
