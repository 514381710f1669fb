import type { Client } from 'ssh2'
import { type Link, openLink } from './link.ts'
import { type SessionOptions, unreachable } from './session.ts'

/** Connections for what takes long, so that what is quick never waits for it: as many as that needs, and no longer. */
export interface Carriers {
  /** Runs `work` over a connection with room, which has room again when `ends` of its outcome settles. */
  carry<T>(work: (client: Client) => Promise<T>, ends?: (outcome: T) => Promise<unknown>): Promise<T>
  close(): Promise<void>
}

interface Carrier {
  readonly link: Link
  load: number
}

/**
 * At most `sessions` over each connection. Nobody waits for room, since what is carried from one host to another holds
 * some on both and two such could wait for each other.
 */
export const openCarriers = (options: SessionOptions, sessions: number): Carriers => {
  const carriers = new Set<Carrier>()
  let closed = false
  // One after the other: sshd drops some of those who have yet to say who they are when they are many.
  let dialling: Promise<unknown> = Promise.resolve()
  const dial: SessionOptions['dial'] = () => {
    const stream = dialling.then(options.dial)
    dialling = stream.catch(() => {})
    return stream
  }
  const roomy = (): Carrier => {
    const found = [...carriers].find(({ load }) => load < sessions)
    if (found !== undefined) return found
    const carrier = { link: openLink({ ...options, dial }), load: 0 }
    carriers.add(carrier)
    return carrier
  }
  const leave = (carrier: Carrier): void => {
    carrier.load--
    if (carrier.load > 0 || !carriers.delete(carrier)) return
    void carrier.link.close()
  }
  return {
    carry: async (work, ends) => {
      if (closed) throw unreachable(options.name, new Error('its connection was closed by the manager'))
      const carrier = roomy()
      carrier.load++
      try {
        const outcome = await carrier.link.use(work)
        if (ends === undefined) leave(carrier)
        else
          void ends(outcome)
            .catch(() => {})
            .then(() => leave(carrier))
        return outcome
      } catch (error) {
        leave(carrier)
        throw error
      }
    },
    close: async () => {
      closed = true
      await Promise.all([...carriers].map(({ link }) => link.close()))
    },
  }
}
