import type { Connection } from '../client/connection.ts'
import type { CallOptions } from '../client/limit.ts'
import { ViciError } from '../errors.ts'
import type { Message, MessageInput } from '../protocol/message.ts'

/** The answer, or VICI_REFUSED with charon's own words where it says that it did not do it. */
export const accepted = (command: string, answer: Message): Message => {
  const { success, errmsg, ...rest } = answer
  if (success === 'yes') return rest
  const reason = typeof errmsg === 'string' ? errmsg : 'no reason given'
  throw new ViciError('VICI_REFUSED', `charon refused ${command}: ${reason}`, { command, reason, answer: rest })
}

/** A command that says whether it was done. */
export const act = async (
  connection: Connection,
  command: string,
  message: MessageInput,
  options?: CallOptions,
): Promise<Message> => accepted(command, await connection.request(command, message, options))

/** What is listed: taken part by part in a loop, or all at once. */
export interface Listing<T> extends AsyncIterable<T, undefined, undefined> {
  toArray(): Promise<readonly T[]>
}

/** Begins anew each time it is looped over. */
export const listing = <T>(open: () => AsyncGenerator<T, unknown, undefined>): Listing<T> => {
  async function* iterate(): AsyncGenerator<T, undefined, undefined> {
    for await (const item of open()) yield item
  }
  return {
    [Symbol.asyncIterator]: iterate,
    toArray: async () => {
      const all: T[] = []
      for await (const item of open()) all.push(item)
      return all
    },
  }
}

/** The parts of a stream, each read. */
export async function* readEach<P, T>(
  parts: AsyncGenerator<P, unknown, undefined>,
  read: (part: P) => T,
): AsyncGenerator<T, undefined, undefined> {
  for await (const part of parts) yield read(part)
}
