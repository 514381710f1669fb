import type { Effects } from '@sysvm/agent/service'
import { command } from './control.ts'
import type { DhcpSpec } from './spec.ts'

/** A lease as `lease4-get-all` tells it; more is there than is read. */
export interface Lease {
  readonly 'ip-address': string
  readonly 'hw-address': string
  readonly hostname: string
  readonly cltt: number
  readonly 'valid-lft': number
}

export const readLeases = async (effects: Effects): Promise<readonly Lease[]> => {
  const found = (await command(effects, 'lease4-get-all')) as { readonly leases?: readonly Lease[] } | undefined
  return found?.leases ?? []
}

/** Leases whose address is no longer that guest's. */
export const staleLeases = ({ subnets }: DhcpSpec, leases: readonly Lease[]): readonly string[] => {
  const reserved = new Map(
    subnets.flatMap(({ reservations }) => reservations.map(({ mac, address }) => [address, mac] as const)),
  )
  return leases
    .filter((lease) => reserved.get(lease['ip-address']) !== lease['hw-address'].toLowerCase())
    .map((lease) => lease['ip-address'])
}

/** Kea gives a reserved address to nobody while another holds its lease, so leases end with their reservation. */
export const endStaleLeases = async (spec: DhcpSpec, effects: Effects): Promise<void> => {
  for (const address of staleLeases(spec, await readLeases(effects)))
    await command(effects, 'lease4-del', { 'ip-address': address })
}
