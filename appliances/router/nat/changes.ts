import type { NatSpec, PortForward } from './spec.ts'

export interface Changed<T> {
  readonly removed: readonly T[]
  readonly added: readonly T[]
}

/**
 * What two lists do not share. What is alike at their ends is skipped first, so that one more among many thousands
 * costs a comparison each and no more. Pure.
 */
export const changed = <T>(
  before: readonly T[],
  after: readonly T[],
  equal: (a: T, b: T) => boolean,
  keyOf: (item: T) => string,
): Changed<T> => {
  const shortest = Math.min(before.length, after.length)
  let head = 0
  while (head < shortest && equal(before[head] as T, after[head] as T)) head++
  let tail = 0
  while (tail < shortest - head && equal(before[before.length - 1 - tail] as T, after[after.length - 1 - tail] as T))
    tail++
  const old = before.slice(head, before.length - tail)
  const next = after.slice(head, after.length - tail)
  const oldKeys = new Set(old.map(keyOf))
  const nextKeys = new Set(next.map(keyOf))
  return {
    removed: old.filter((item) => !nextKeys.has(keyOf(item))),
    added: next.filter((item) => !oldKeys.has(keyOf(item))),
  }
}

const sameForward = (a: PortForward, b: PortForward): boolean =>
  a === b ||
  (a.port === b.port &&
    a.address === b.address &&
    a.guest === b.guest &&
    a.protocol === b.protocol &&
    (a.endPort ?? a.port) === (b.endPort ?? b.port) &&
    (a.guestPort ?? a.port) === (b.guestPort ?? b.port) &&
    String(a.sources) === String(b.sources))

/** `198.51.100.5 tcp 80-90 to 10.1.1.2:80` */
export const forwardText = ({ address, protocol, port, endPort, guest, guestPort, sources }: PortForward): string => {
  const ports = endPort === undefined || endPort === port ? port : `${port}-${endPort}`
  const from = sources === undefined ? '' : ` from ${sources.join(', ')}`
  return `${address} ${protocol} ${ports} to ${guest}:${guestPort ?? port}${from}`
}

export interface NatChanges {
  readonly source: Changed<NatSpec['source'][number]>
  readonly static: Changed<NatSpec['static'][number]>
  readonly forwards: Changed<PortForward>
}

const none: NatSpec = { source: [], static: [], forwards: [] }

const compare = (before: NatSpec, after: NatSpec): NatChanges => ({
  source: changed(
    before.source,
    after.source,
    (a, b) => a.address === b.address && a.network === b.network && a.device === b.device,
    ({ network, device, address }) => `${network} ${device} ${address}`,
  ),
  static: changed(
    before.static,
    after.static,
    (a, b) => a.address === b.address && a.guest === b.guest,
    ({ address, guest }) => `${address} ${guest}`,
  ),
  forwards: changed(before.forwards, after.forwards, sameForward, forwardText),
})

/** The plan and the cutting of flows ask for the same; specs are values. */
const known = new WeakMap<NatSpec, { readonly before: NatSpec; readonly changes: NatChanges }>()

/** What differs between two specs of NAT; undefined: off. */
export const natChanges = (before: NatSpec = none, after: NatSpec = none): NatChanges => {
  const last = known.get(after)
  if (last?.before === before) return last.changes
  const changes = compare(before, after)
  known.set(after, { before, changes })
  return changes
}
