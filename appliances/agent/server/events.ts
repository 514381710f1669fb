import type { ServerResponse } from 'node:http'
import { type AgentEvent, formatEvent, HEARTBEAT, HEARTBEAT_MS } from '../api/index.ts'
import type { Emit } from '../commit/machine.ts'

/** Events kept for a client that comes back. */
const KEEP = 256
/** The manager needs one; more than this is a leak. */
const MOST_CLIENTS = 16
/** Bytes that a client may be behind before it is cut: what it missed it is told when it comes back. */
const MOST_BEHIND = 1024 * 1024

export interface Events {
  readonly emit: Emit
  /**
   * Streams events after `lastId`, a heartbeat when that is done, then events as they come and more heartbeats; false when
   * there are too many streams.
   */
  stream(response: ServerResponse, lastId: number): boolean
  close(): void
}

/** `now` in milliseconds: ids start at the clock, so they also grow across restarts of the agent. */
export const createEvents = (now: () => number = Date.now, heartbeatMs = HEARTBEAT_MS): Events => {
  const kept: AgentEvent[] = []
  const clients = new Set<ServerResponse>()
  let last = 0
  /** Whoever does not read holds up nobody, and takes no memory for long. */
  const send = (text: string): void => {
    for (const client of clients) {
      client.write(text)
      if (client.writableLength > MOST_BEHIND) client.destroy()
    }
  }
  const beat = (): string => formatEvent({ id: last, at: new Date(now()).toISOString(), type: HEARTBEAT, data: {} })
  const heartbeat = setInterval(() => send(beat()), heartbeatMs)
  heartbeat.unref()
  return {
    emit: (type, data) => {
      const at = now()
      last = Math.max(last + 1, at)
      const event: AgentEvent = { id: last, at: new Date(at).toISOString(), type, data }
      kept.push(event)
      if (kept.length > KEEP) kept.shift()
      send(formatEvent(event))
    },
    stream: (response, lastId) => {
      if (clients.size >= MOST_CLIENTS) return false
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      const missed = kept.filter(({ id }) => id > lastId)
      response.write(missed.map(formatEvent).join('') + beat())
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
