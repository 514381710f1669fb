import { cloudEvents } from './cloud.ts'
import { guestEvents } from './guests.ts'
import type { CommandEvent, EventMap } from './kind.ts'
import { networkEvents } from './networks.ts'
import { peopleEvents } from './people.ts'

/** What nobody asked for: the world changed, and the manager saw it. */
export const ownEvents = [
  'HOST.STATE',
  'MANAGEMENT.SERVER.STATE',
  'ROUTER.STATE',
  'VM.STATE',
  'VPN.S2S.CONNECTION.STATE',
] as const

/** `createVPCOffering` → `create VPC offering`. */
const wordsOf = (cmd: string): string =>
  cmd
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .split(' ')
    .map((word) => (/^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase()))
    .join(' ')

const eventsOf = (map: EventMap): CommandEvent[] =>
  Object.entries(map).flatMap(([resource, types]) =>
    Object.entries(types).flatMap(([type, cmds]) => cmds.map((cmd) => ({ cmd, type, resource, words: wordsOf(cmd) }))),
  )

/** The event of every command that changes something; a test fails when one has none. */
export const commandEvents: ReadonlyMap<string, CommandEvent> = new Map(
  [guestEvents, networkEvents, cloudEvents, peopleEvents].flatMap(eventsOf).map((event) => [event.cmd, event]),
)

const resourceNames = new Map([...commandEvents.values()].map(({ resource }) => [resource.toLowerCase(), resource]))

/** `virtualmachine` → `VirtualMachine`; what no event is about stays as it is. */
export const kindNamed = (given: string): string => resourceNames.get(given.toLowerCase()) ?? given

export const eventTypes: readonly string[] = [
  ...new Set([...[...commandEvents.values()].map(({ type }) => type), ...ownEvents]),
].sort()
