import { toNumber } from '@sysvm/agent/spec'
import type { Limit } from './render.ts'

/** Kernel names of what shapes a device: its own egress, and an ifb (Intermediate Functional Block) for its ingress. */
export const ifbOf = (device: string): string => `ifb-${device}`.slice(0, 15)

/** Handle of each filter table; 800 is the kernel's own for the first filter of a priority. */
const TABLE = '2:'
const NETWORK_CLASS = 1
/** Numbers of classes are 16 bits; 1 and those near the end are kept free. */
const CLASSES = 0xfff0

/** Bytes of a class before the next one's turn: a large segment. */
const QUANTUM = 60_000

/** Queue of a class: about 50 ms at its rate, and room for the large segments of offloading devices. */
const queueBytes = (mbit: number): number => Math.max(256 * 1024, Math.round((mbit * 1_000_000) / 8 / 20))

/** A class must be able to send a large segment at once, or its rate is not reached. */
const burstBytes = (mbit: number): number => Math.max(64 * 1024, Math.round((mbit * 1_000_000) / 8 / 250))

/** The class of each address: from its lower bits, so that it stays when others come and go. */
export const classesOf = (addresses: readonly string[]): ReadonlyMap<string, number> => {
  const taken = new Map<number, string>()
  for (const address of addresses.toSorted((a, b) => toNumber(a) - toNumber(b))) {
    let number = (toNumber(address) % CLASSES) + 2
    while (taken.has(number)) number = (number % CLASSES) + 2
    taken.set(number, address)
  }
  return new Map([...taken].map(([number, address]) => [address, number]))
}

const hex = (value: number): string => value.toString(16)

const classLines = (verb: 'add' | 'change', device: string, number: number, mbit: number): readonly string[] => {
  const burst = burstBytes(mbit)
  return [
    `class ${verb} dev ${device} parent 1: classid 1:${hex(number)} htb rate ${mbit}mbit ceil ${mbit}mbit burst ${burst} cburst ${burst} quantum ${QUANTUM}`,
    `qdisc replace dev ${device} parent 1:${hex(number)} bfifo limit ${queueBytes(mbit)}`,
  ]
}

/** One bucket for each last octet: a packet meets the few addresses that share it, however many there are. */
const filterOf = (device: string, side: 'src' | 'dst', address: string, number: number): string => {
  const last = hex(toNumber(address) % 256)
  return `dev ${device} parent 1: protocol ip prio 1 handle ${TABLE}${last}:${hex(1 + (number % 0xffe))} u32 ht ${TABLE}${last}: match ip ${side} ${address}/32`
}

/** Both sides of a device: where it sends, and the ifb through which all that it receives goes first. */
const sidesOf = (device: string) =>
  [
    { at: device, side: 'src' },
    { at: ifbOf(device), side: 'dst' },
  ] as const

/** Shapes nothing yet: what matches no filter goes by, unless the device is a whole network's. */
const rootLines = (device: string, isNetwork: boolean): readonly string[] => [
  `qdisc add dev ${device} handle ffff: ingress`,
  `filter add dev ${device} parent ffff: protocol all prio 1 u32 match u32 0 0 action mirred egress redirect dev ${ifbOf(device)}`,
  ...sidesOf(device).flatMap(({ at, side }) => [
    `qdisc add dev ${at} root handle 1: htb default ${isNetwork ? NETWORK_CLASS : 0}`,
    ...(isNetwork
      ? []
      : [
          `filter add dev ${at} parent 1: protocol ip prio 1 handle ${TABLE} u32 divisor 256`,
          `filter add dev ${at} parent 1: protocol ip prio 1 u32 ht 800:: match ip ${side} 0.0.0.0/0 hashkey mask 0x000000ff at ${side === 'src' ? 12 : 16} link ${TABLE}`,
        ]),
  ]),
]

const addLines = (device: string, number: number, { address, mbit }: Limit): readonly string[] =>
  sidesOf(device).flatMap(({ at, side }) => [
    ...classLines('add', at, number, mbit),
    ...(address === undefined ? [] : [`filter add ${filterOf(at, side, address, number)} flowid 1:${hex(number)}`]),
  ])

const changeLines = (device: string, number: number, { mbit }: Limit): readonly string[] =>
  sidesOf(device).flatMap(({ at }) => classLines('change', at, number, mbit))

const removeLines = (device: string, number: number, { address }: Limit): readonly string[] =>
  sidesOf(device).flatMap(({ at, side }) => [
    ...(address === undefined
      ? []
      : [`filter delete ${filterOf(at, side, address, number).replace(/ u32 .*$/, ' u32')}`]),
    `class delete dev ${at} classid 1:${hex(number)}`,
  ])

/** By device, its limits by their class. */
export const treeOf = (limits: readonly Limit[]): ReadonlyMap<string, ReadonlyMap<number, Limit>> => {
  const devices = Map.groupBy(limits, ({ device }) => device)
  return new Map(
    [...devices].map(([device, all]) => {
      const classes = classesOf(all.flatMap(({ address }) => (address === undefined ? [] : [address])))
      const byClass = all.map(
        (limit) => [limit.address === undefined ? NETWORK_CLASS : (classes.get(limit.address) ?? 0), limit] as const,
      )
      return [device, new Map(byClass)]
    }),
  )
}

/** Lines for `tc -batch` that shape a device that has no queues of ours yet. */
export const buildLines = (device: string, limits: ReadonlyMap<number, Limit>): readonly string[] => [
  ...rootLines(device, limits.has(NETWORK_CLASS)),
  ...[...limits].flatMap(([number, limit]) => addLines(device, number, limit)),
]

/** Lines for `tc -batch` from one set of limits of a device to another: what stays keeps its queue. */
export const changeOfDevice = (
  device: string,
  before: ReadonlyMap<number, Limit>,
  after: ReadonlyMap<number, Limit>,
): readonly string[] => {
  const gone = [...before].filter(
    ([number, { address }]) => after.get(number)?.address !== address || !after.has(number),
  )
  const fresh = [...after].filter(
    ([number, { address }]) => before.get(number)?.address !== address || !before.has(number),
  )
  const kept = [...after].filter(
    ([number, { address, mbit }]) =>
      before.has(number) && before.get(number)?.address === address && before.get(number)?.mbit !== mbit,
  )
  return [
    ...gone.flatMap(([number, limit]) => removeLines(device, number, limit)),
    ...fresh.flatMap(([number, limit]) => addLines(device, number, limit)),
    ...kept.flatMap(([number, limit]) => changeLines(device, number, limit)),
  ]
}
