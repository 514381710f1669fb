import type { Effects, MetricFamily } from '@sysvm/agent/service'
import { setName } from './names.ts'
import type { AccountingSpec } from './spec.ts'
import { takeStock } from './store.ts'
import type { Totals } from './totals.ts'

/** All that an address has ever carried through this router, reboots included. */
export interface Traffic {
  readonly address: string
  readonly receivedBytes: number
  readonly receivedPackets: number
  readonly sentBytes: number
  readonly sentPackets: number
}

export interface AccountingState {
  readonly addresses: readonly Traffic[]
  readonly guests: readonly Traffic[]
}

const trafficOf = ({ sets }: Totals, kind: 'address' | 'guest', address: string): Traffic => {
  const family = address.includes(':') ? 6 : 4
  const [receivedPackets, receivedBytes] = sets[setName(`${kind}_received`, family)]?.total[address] ?? [0, 0]
  const [sentPackets, sentBytes] = sets[setName(`${kind}_sent`, family)]?.total[address] ?? [0, 0]
  return { address, receivedBytes, receivedPackets, sentBytes, sentPackets }
}

/** Addresses that are counted, and those that were: their sums are kept. */
const known = ({ sets }: Totals, kind: 'address' | 'guest', counted: readonly string[]): readonly string[] => [
  ...new Set([
    ...counted,
    ...Object.entries(sets)
      .filter(([name]) => name.startsWith(`${kind}_`))
      .flatMap(([, { total }]) => Object.keys(total)),
  ]),
]

export const stateOf = ({ addresses, guests }: AccountingSpec, totals: Totals): AccountingState => ({
  addresses: known(totals, 'address', addresses).map((address) => trafficOf(totals, 'address', address)),
  guests: known(totals, 'guest', guests).map((address) => trafficOf(totals, 'guest', address)),
})

export const state = async (spec: AccountingSpec, effects: Effects): Promise<AccountingState> =>
  stateOf(spec, (await takeStock(effects)).totals)

export const metrics = async (spec: AccountingSpec, effects: Effects): Promise<readonly MetricFamily[]> => {
  const { addresses, guests } = await state(spec, effects)
  const samples = (field: 'Bytes' | 'Packets'): MetricFamily['samples'] =>
    [
      ...addresses.map((entry) => ['address', entry] as const),
      ...guests.map((entry) => ['guest', entry] as const),
    ].flatMap(([kind, entry]) =>
      (['received', 'sent'] as const).map(
        (direction) => [{ kind, address: entry.address, direction }, entry[`${direction}${field}`]] as const,
      ),
    )
  return [
    {
      name: 'sysvm_traffic_bytes_total',
      type: 'counter',
      help: 'Bytes through the router.',
      samples: samples('Bytes'),
    },
    {
      name: 'sysvm_traffic_packets_total',
      type: 'counter',
      help: 'Packets through the router.',
      samples: samples('Packets'),
    },
  ]
}
