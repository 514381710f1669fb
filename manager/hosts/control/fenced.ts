import { EPOCH_HEADER } from '@sysvm/agent/api'
import { isSysvmError } from '@sysvm/errors'
import type { Fence } from '../fence.ts'
import type { ControlClient } from './client.ts'

/** The epoch of another manager that the machine obeys. */
const seenBy = (error: unknown): number | undefined =>
  isSysvmError(error, 'SYSVM_FENCED') && typeof error.details.seen === 'number' ? error.details.seen : undefined

type Plain = Pick<ControlClient, 'request' | 'events' | 'close'>

interface Lease extends Pick<Fence, 'assure' | 'renew'> {
  /** The epoch that this manager knows, its lease good or not. */
  epoch(): number
}

/**
 * The agent of a system VM under this manager's lease: each request says its epoch, and what changes the machine is asked for
 * with a lease that is good, whenever the connection was opened.
 */
export const fencedControl = (client: Plain, lease: Lease): Plain => ({
  ...client,
  request: async (method, path, options) => {
    const ask = <T>(epoch: number): Promise<T> =>
      client.request<T>(method, path, {
        ...options,
        headers: { ...options?.headers, [EPOCH_HEADER]: String(epoch) },
      })
    if (method === 'GET') return ask(lease.epoch())
    try {
      return await ask(await lease.assure())
    } catch (error) {
      const seen = seenBy(error)
      if (seen === undefined) throw error
      // A manager that is alive has only not heard of it.
      return ask(await lease.renew(seen))
    }
  },
})
