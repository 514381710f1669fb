import type { ServerResponse } from 'node:http'
import type { AgentEvent } from '../api/index.ts'
import type { Emit } from '../commit/machine.ts'

/** Events kept for a client that comes back. */
const KEEP = 256
/** The manager needs one; more than this is a leak. */
const MOST_CLIENTS = 16
/** A comment line now and then shows either side that the other is gone. */
const HEARTBEAT_MS = 15_000

export interface Events {
  readonly emit: Emit
  /** Streams events after `lastId`, then as they come; false when there are too many streams. */
  stream(response: ServerResponse, lastId: number): boolean
  close(): void
}

/** As the event stream format has it (HTML standard, 9.2). */
export const formatEvent = ({ id, at, type, data }: AgentEvent): string =>
  `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify({ id, at, type, data })}\n\n`

/** `now` in milliseconds: ids start at the clock, so they also grow across restarts of the agent. */
export const createEvents = (now: () => number = Date.now): Events => {
  const kept: AgentEvent[] = []
  const clients = new Set<ServerResponse>()
  let last = 0
  const heartbeat = setInterval(() => {
    for (const client of clients) client.write(':\n\n')
  }, HEARTBEAT_MS)
  heartbeat.unref()
  return {
    emit: (type, data) => {
      const at = now()
      last = Math.max(last + 1, at)
      const event: AgentEvent = { id: last, at: new Date(at).toISOString(), type, data }
      kept.push(event)
      if (kept.length > KEEP) kept.shift()
      for (const client of clients) client.write(formatEvent(event))
    },
    stream: (response, lastId) => {
      if (clients.size >= MOST_CLIENTS) return false
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      response.write(
        kept
          .filter(({ id }) => id > lastId)
          .map(formatEvent)
          .join('') || ':\n\n',
      )
      clients.add(response)
      response.on('close', () => clients.delete(response))
      return true
    },
    close: () => {
      clearInterval(heartbeat)
      for (const client of clients) client.end()
    },
  }
}
