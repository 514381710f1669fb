import { SysvmError } from '@sysvm/errors'

/** What one server takes at once, and for how long: a flood, or clients that dawdle, must not take it from all others. */
export interface Bounds {
  /** What a single client's address may have of the first three; proxies' own addresses have no such share. */
  readonly each: Pick<Bounds, 'connections' | 'requests' | 'formBytes'>
  /** Connections; more are closed as they come. */
  readonly connections: number
  /** Requests that are read, run or answered; more are answered with 503. */
  readonly requests: number
  /** Bytes of all forms together that are held; what would be more is answered with 503. */
  readonly formBytes: number
  /** Until a request line and its headers are there. */
  readonly headersMs: number
  /** Until a request is there. */
  readonly requestMs: number
  /** Without a byte in either direction, such as of a client that does not read its answer. */
  readonly silenceMs: number
}

export const defaultBounds: Bounds = {
  each: { connections: 500, requests: 200, formBytes: 16 * 1024 * 1024 },
  connections: 2000,
  requests: 500,
  formBytes: 64 * 1024 * 1024,
  headersMs: 10_000,
  requestMs: 30_000,
  // Longer than calls wait for their turn.
  silenceMs: 120_000,
}

export const busy = (): SysvmError =>
  new SysvmError('SYSVM_API_BUSY', 'The manager has too many requests at once: try again in a moment.')

/** An amount of which parts are taken and given back. */
export interface Budget {
  /** False, and nothing is taken, when there is not so much left. */
  take(amount: number): boolean
  give(amount: number): void
}

export const createBudget = (whole: number): Budget => {
  let left = whole
  return {
    take: (amount) => {
      if (amount > left) return false
      left -= amount
      return true
    },
    give: (amount) => {
      left += amount
    },
  }
}

/** A budget of which nobody has more than his share, so that one alone does not take it from all others. */
export interface SharedBudget {
  take(who: string, amount: number): boolean
  give(who: string, amount: number): void
}

export const createSharedBudget = (whole: number, share: number): SharedBudget => {
  const all = createBudget(whole)
  const taken = new Map<string, number>()
  return {
    take: (who, amount) => {
      const has = (taken.get(who) ?? 0) + amount
      if (has > share || !all.take(amount)) return false
      taken.set(who, has)
      return true
    },
    give: (who, amount) => {
      all.give(amount)
      const left = (taken.get(who) ?? 0) - amount
      if (left > 0) taken.set(who, left)
      else taken.delete(who)
    },
  }
}
