import { isPermanentCode } from '../../jobs/backoff.ts'
import { isToRest } from '../router/pair.ts'
import type { Serving } from './tier.ts'

/** What of a router decides whether its network is served. */
type Judged = Pick<
  Serving,
  | 'id'
  | 'state'
  | 'desired'
  | 'reason'
  | 'held'
  | 'failed'
  | 'redundant_state'
  | 'remakes_wanted'
  | 'remakes_done'
  | 'next_firmware'
  | 'next_image'
  | 'image'
  | 'moving'
>

export interface Judgement<T> {
  /** Those that have something to do that nobody else wakes them for. */
  readonly wake: readonly T[]
  /** Every router that is waited for has all that there is. */
  readonly served: boolean
  /** It stands in the way for good: no router that is waited for can still do it. */
  readonly blocker: T | undefined
}

/** A backup that refuses what is new would hold up the network which it is there to keep. */
const isRefusing = ({ failed, redundant_state }: Judged): boolean =>
  failed === 'SYSVM_ROUTER_COMMIT' && redundant_state !== 'PRIMARY'

/**
 * Whether the network is not in service before this one of two has what is new: it serves with what is older, or comes
 * up. One that cannot come up, or refuses, is not waited for, as long as the other one serves.
 */
const isWaitedFor = (router: Judged): boolean =>
  router.desired === 'Running' && (router.state === 'Running' ? !isRefusing(router) : router.reason === null)

/** What a network of this revision has of its routers. Pure. */
export const judge = <T extends Judged>(
  routers: readonly T[],
  { revision }: { readonly revision: number },
): Judgement<T> => {
  // One that is to rest gets its firmware with its next machine, whenever that may be.
  const isToBePatched = (router: T): boolean =>
    router.desired === 'Running' && router.next_firmware !== null && !isToRest(router)
  const lacks = (router: T): boolean =>
    router.state !== 'Running' || (router.held ?? 0) < revision || isToBePatched(router)
  const isBlocked = ({ failed }: T): boolean => failed !== null && isPermanentCode(failed)
  const behind = routers.filter((one) => lacks(one) || one.remakes_done < one.remakes_wanted)
  // Where none has all, one that failed may do it yet.
  const awaited = behind.length === routers.length ? behind : behind.filter(isWaitedFor)
  const runs = awaited.filter((one) => lacks(one) && one.desired === 'Running')
  return {
    // Of one whose machine waits to be made anew the other one's readings see to it; a stopped one has nothing to do.
    wake: behind.filter((one) => lacks(one) && (one.desired !== 'Stopped' || one.state !== 'Stopped')),
    served: awaited.length === 0,
    blocker: runs.every(isBlocked) ? runs.find(isBlocked) : undefined,
  }
}
