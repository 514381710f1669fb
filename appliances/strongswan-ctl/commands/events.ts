import type { Connection, RawEvent } from '../client/connection.ts'
import type { SubscribeOptions, Subscription } from '../client/subscription.ts'
import type { Message } from '../protocol/message.ts'
import { type Log, readLog } from './log.ts'
import {
  type BareIkeSa,
  type ChildRekey,
  type IkeRekey,
  type IkeSa,
  readBareIke,
  readChildRekey,
  readIke,
  readIkeRekey,
} from './sas.ts'
import { flag, integer, named, text } from './shape.ts'

/** What charon tells of its own accord, by the name of the event. */
export interface Events {
  /** An IKE_SA was established or has ended. */
  readonly 'ike-updown': { readonly up: boolean; readonly sa: BareIkeSa }
  readonly 'ike-rekey': IkeRekey
  /** An IKE_SA has other addresses from now on; `sa` still has the old ones. */
  readonly 'ike-update': {
    readonly 'local-host': string
    readonly 'local-port': number
    readonly 'remote-host': string
    readonly 'remote-port': number
    readonly sa: BareIkeSa
  }
  /** A CHILD_SA was established or has ended: the only one in `child-sas`. */
  readonly 'child-updown': { readonly up: boolean; readonly sa: IkeSa }
  /** A CHILD_SA was replaced: the only one in `child-sas`, as it was and as it is. */
  readonly 'child-rekey': { readonly sa: ChildRekey }
  /** Lines of charon's log up to level 1, whatever goes to its files. */
  readonly log: Log
}

/** One of these events, with its name. */
export type ViciEvent<Name extends keyof Events = keyof Events> = {
  [N in Name]: { readonly event: N } & Events[N]
}[Name]

/** charon leaves `up` out where it means no. */
const isUp = ({ up }: Message): boolean => up !== undefined && flag(up, 'up')

const readers: { readonly [Name in keyof Events]: (message: Message) => Events[Name] } = {
  'ike-updown': (message) => ({ up: isUp(message), sa: named(message, readBareIke, 'ike-updown') }),
  'ike-rekey': (message) => named(message, readIkeRekey, 'ike-rekey'),
  'ike-update': (message) => ({
    'local-host': text(message['local-host'], 'local-host'),
    'local-port': integer(message['local-port'], 'local-port'),
    'remote-host': text(message['remote-host'], 'remote-host'),
    'remote-port': integer(message['remote-port'], 'remote-port'),
    sa: named(message, readBareIke, 'ike-update'),
  }),
  'child-updown': (message) => ({ up: isUp(message), sa: named(message, readIke, 'child-updown') }),
  'child-rekey': (message) => ({ sa: named(message, readChildRekey, 'child-rekey') }),
  log: (message) => readLog(message, 'log'),
}

const read = <Name extends keyof Events>({ event, message }: RawEvent): ViciEvent<Name> =>
  ({ event, ...readers[event as Name](message) }) as ViciEvent<Name>

export interface EventCommands {
  /**
   * Events of these names as they come, until the loop is left. Resolves when charon has confirmed them: what happens
   * from then on is not missed. Other events by `connection.events`.
   */
  subscribe<Name extends keyof Events>(
    names: Name | readonly Name[],
    options?: SubscribeOptions,
  ): Promise<Subscription<ViciEvent<Name>>>
}

const readSubscription = <Name extends keyof Events>(raw: Subscription<RawEvent>): Subscription<ViciEvent<Name>> => ({
  next: async () => {
    const { done, value } = await raw.next()
    if (done) return { done, value: undefined }
    try {
      return { done: false, value: read<Name>(value) }
    } catch (error) {
      // A loop that fails does not close what it loops over.
      raw.close()
      throw error
    }
  },
  return: async () => {
    raw.close()
    return { done: true, value: undefined }
  },
  close: raw.close,
  [Symbol.asyncIterator]() {
    return this
  },
  [Symbol.asyncDispose]: raw[Symbol.asyncDispose],
})

export const eventCommands = (connection: Connection): EventCommands => ({
  subscribe: async <Name extends keyof Events>(names: Name | readonly Name[], options?: SubscribeOptions) =>
    readSubscription<Name>(await connection.events(typeof names === 'string' ? [names] : names, options)),
})
