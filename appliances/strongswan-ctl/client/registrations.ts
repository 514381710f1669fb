import { ViciError } from '../errors.ts'
import { encodeFrame } from '../protocol/frame.ts'
import { encodePacket } from '../protocol/packet.ts'
import type { Exchanges } from './exchanges.ts'

/** One user's share in the registration of an event. */
export interface Registered {
  /** Resolves once charon sends the event. */
  readonly ready: Promise<void>
  /** Does not want it any more; nobody waits for charon to confirm. */
  remove(): void
}

/**
 * Which events charon sends on this connection. Each is registered once however many want it: charon would send it as
 * often as it was registered.
 */
export const createRegistrations = (exchanges: Exchanges) => {
  const registered = new Map<string, { users: number; readonly ready: Promise<void> }>()

  const ask = async (type: 'event-register' | 'event-unregister', name: string): Promise<void> => {
    const frame = encodeFrame(encodePacket({ type, name }))
    const answer = await exchanges.ask({ name, frame, answers: ['event-confirm', 'event-unknown'] }).answer
    if (answer.type === 'event-unknown')
      throw new ViciError('VICI_UNKNOWN', `charon knows no event ${name}`, { command: name })
  }

  return {
    add: (name: string): Registered => {
      const registration = registered.get(name) ?? { users: 0, ready: ask('event-register', name) }
      registered.set(name, registration)
      registration.users += 1
      registration.ready.catch(() => {
        if (registered.get(name) === registration) registered.delete(name)
      })
      let wanted = true
      return {
        ready: registration.ready,
        remove: () => {
          if (!wanted) return
          wanted = false
          registration.users -= 1
          if (registration.users > 0 || registered.get(name) !== registration) return
          registered.delete(name)
          // At once, so that it comes before whoever registers it again.
          ask('event-unregister', name).catch(() => {})
        },
      }
    },
  }
}

export type Registrations = ReturnType<typeof createRegistrations>
