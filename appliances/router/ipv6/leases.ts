import type { Effects } from '@sysvm/agent/service'
import { command } from '../dhcp/control.ts'
import { SOCKET } from './kea.ts'
import type { Ipv6Spec } from './spec.ts'

/** A lease as `lease6-get-all` tells it; more is there than is read. */
export interface Lease6 {
  readonly 'ip-address': string
  readonly 'hw-address'?: string
  readonly duid: string
  readonly hostname: string
  readonly cltt: number
  readonly 'valid-lft': number
}

export const readLeases = async (effects: Effects): Promise<readonly Lease6[]> => {
  const found = (await command(effects, 'lease6-get-all', undefined, SOCKET)) as
    | { readonly leases?: readonly Lease6[] }
    | undefined
  return found?.leases ?? []
}

/** Leases whose address is no longer that guest's. */
export const staleLeases = ({ interfaces }: Ipv6Spec, leases: readonly Lease6[]): readonly string[] => {
  const reserved = new Map(
    interfaces
      .flatMap(({ advertisement }) => advertisement?.reservations ?? [])
      .map((reservation) => [reservation.address, reservation] as const),
  )
  return leases
    .filter((lease) => {
      const { mac, duid } = reserved.get(lease['ip-address']) ?? {}
      return duid === undefined ? lease['hw-address']?.toLowerCase() !== mac : lease.duid.toLowerCase() !== duid
    })
    .map((lease) => lease['ip-address'])
}

/** As for IPv4: leases end with their reservation, so that the address serves another guest at once. */
export const endStaleLeases = async (spec: Ipv6Spec, effects: Effects): Promise<void> => {
  for (const address of staleLeases(spec, await readLeases(effects)))
    await command(effects, 'lease6-del', { 'ip-address': address }, SOCKET)
}
