import type { Change, Effects } from '@sysvm/agent/service'
import { endFlows, type Flow, readFlows } from '../flows.ts'
import { type NatChanges, natChanges } from './changes.ts'
import { covers } from './covers.ts'
import type { NatSpec, PortForward } from './spec.ts'

const portsOf = ({ port, endPort = port }: PortForward): number => endPort - port + 1

/** Where the forwards that touch a port send it: `10.1.1.2 8080`. */
const lookupOf = (forwards: readonly PortForward[]): ((flow: Flow) => string | undefined) => {
  const exact = new Map<string, PortForward>()
  const ranges: PortForward[] = []
  const takes = new Map<PortForward, (address: string) => boolean>()
  const isTaken = (forward: PortForward, source: string): boolean => {
    if (forward.sources === undefined) return true
    const isSource = takes.get(forward) ?? covers(forward.sources)
    takes.set(forward, isSource)
    return isSource(source)
  }
  for (const forward of forwards)
    if (portsOf(forward) === 1) exact.set(`${forward.address} ${forward.protocol} ${forward.port}`, forward)
    else ranges.push(forward)
  return ({ protocol, original: { source, destination, destinationPort = 0 } }) => {
    const found =
      exact.get(`${destination} ${protocol} ${destinationPort}`) ??
      ranges.find(
        (forward) =>
          forward.address === destination &&
          forward.protocol === protocol &&
          destinationPort >= forward.port &&
          destinationPort < forward.port + portsOf(forward),
      )
    if (found === undefined || !isTaken(found, source)) return undefined
    return `${found.guest} ${(found.guestPort ?? found.port) + destinationPort - found.port}`
  }
}

/**
 * Flows that the rules which went made and that no rule would make now, and no others: a range that was split, or a
 * rule that was written in another way, cuts nothing. Pure.
 */
export const staleFlows = (
  flows: readonly Flow[],
  { forwards, static: fixed }: NatChanges,
  after: NatSpec | undefined,
): readonly Flow[] => {
  const was = lookupOf(forwards.removed)
  const addresses = new Set(forwards.removed.map(({ address }) => address))
  const is = lookupOf((after?.forwards ?? []).filter(({ address }) => addresses.has(address)))
  const gone = new Set(fixed.removed.map(({ address, guest }) => `${address} ${guest}`))
  return flows.filter((flow) => {
    const { original, reply } = flow
    if (gone.has(`${original.destination} ${reply.source}`) || gone.has(`${reply.destination} ${original.source}`))
      return true
    const made = was(flow)
    return made !== undefined && made === `${reply.source} ${reply.sourcePort}` && is(flow) !== made
  })
}

/** Connections that began by a rule end with it: the tracked translation would outlive it for days. */
export const apply = async ({ before, after }: Change<NatSpec>, effects: Effects): Promise<void> => {
  const changes = natChanges(before, after)
  if (changes.forwards.removed.length + changes.static.removed.length === 0) return
  const flows = await readFlows(effects, '--any-nat')
  await endFlows(staleFlows(flows, changes, after), effects)
}
