import type { Selectable } from 'kysely'
import type { NetworkTable, RouterTable } from '../../model/schema.ts'

/** Why the one router of a network or VPC goes: its restart with cleanup, a newer image, or its host is emptied. */
export type Cause = 'restart' | 'upgrade' | 'leave'

type Restarted = Pick<Selectable<NetworkTable>, 'restarts_wanted' | 'restarts_done'>
type Router = Pick<Selectable<RouterTable>, 'image' | 'next_image' | 'moving' | 'target_host' | 'may_pause'>

/** Undefined also for what is done in place, with a pause. Pure. */
export const causeOf = (
  { restarts_wanted, restarts_done }: Restarted,
  { image, next_image, moving, target_host, may_pause }: Router,
): Cause | undefined => {
  if (restarts_wanted > restarts_done) return 'restart'
  if (may_pause) return undefined
  if (next_image !== null && next_image !== image) return 'upgrade'
  return moving && target_host === null ? 'leave' : undefined
}

/** Of which image the router is that takes its place; null: of the newest. Pure. */
export const imageFor = (cause: Cause, { image, next_image }: Pick<Router, 'image' | 'next_image'>): string | null => {
  if (cause === 'restart') return null
  return cause === 'upgrade' ? next_image : image
}
