import { isSysvmError } from '@sysvm/errors'
import type { Client } from 'ssh2'
import { openSession, type SessionOptions, unreachable } from './session.ts'

/** One SSH connection, opened at the first use and again whenever it broke. */
export interface Link {
  /** Runs `act` over the connection; over another one when nothing could be sent over it. */
  use<T>(act: (client: Client) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** Waits between attempts to connect; a host that is down is the caller's to ask again. */
const BACKOFF_MS = [200, 1000]

/** ssh2 throws this, and has sent nothing, when the stream ended and its end was not told yet: dial again. */
const isStale = (error: unknown): boolean => error instanceof Error && error.message === 'Not connected'

export const openLink = (options: SessionOptions): Link => {
  let session: Promise<Client> | undefined
  let closed = false

  const connect = async (): Promise<Client> => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await openSession(options)
      } catch (error) {
        const wait = BACKOFF_MS[attempt]
        if (wait === undefined || closed || !isSysvmError(error, 'SYSVM_HOST_UNREACHABLE')) throw error
        // Spread out, so that many hosts do not come back in step.
        await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random())))
      }
    }
  }
  const client = (): Promise<Client> => {
    if (closed) return Promise.reject(unreachable(options.name, new Error('its connection was closed by the manager')))
    if (session !== undefined) return session
    const opening = connect()
    session = opening
    const forget = () => {
      if (session === opening) session = undefined
    }
    opening.then((opened) => opened.once('close', forget), forget)
    return opening
  }
  return {
    use: async (act) => {
      const current = await client()
      try {
        return await act(current)
      } catch (error) {
        if (!isStale(error)) throw error
        if ((await session?.catch(() => undefined)) === current) session = undefined
        current.destroy()
      }
      return act(await client())
    },
    close: async () => {
      closed = true
      const open = await session?.catch(() => undefined)
      open?.end()
    },
  }
}
