import type { Selectable } from 'kysely'
import type { NetworkTable, RouterTable } from '../../model/schema.ts'

/** Why the one router of a network or VPC goes: its restart with cleanup, a newer image, its host is emptied, or it does not serve. */
export type Cause = 'restart' | 'upgrade' | 'leave' | 'ill'

type Restarted = Pick<Selectable<NetworkTable>, 'restarts_wanted' | 'restarts_done'>
type Router = Pick<
  Selectable<RouterTable>,
  'image' | 'next_image' | 'moving' | 'target_host' | 'may_pause' | 'remakes_wanted' | 'remakes_done'
>

/** Undefined also for what is done in place, with a pause. Pure. */
export const causeOf = (
  { restarts_wanted, restarts_done }: Restarted,
  { image, next_image, moving, target_host, may_pause, remakes_wanted, remakes_done }: Router,
): Cause | undefined => {
  if (restarts_wanted > restarts_done) return 'restart'
  if (may_pause) return undefined
  if (next_image !== null && next_image !== image) return 'upgrade'
  if (moving && target_host === null) return 'leave'
  return remakes_wanted > remakes_done ? 'ill' : undefined
}

/** Of which image the router is that takes its place; null: of the newest. Pure. */
export const imageFor = (cause: Cause, { image, next_image }: Pick<Router, 'image' | 'next_image'>): string | null => {
  if (cause === 'restart' || cause === 'ill') return null
  return cause === 'upgrade' ? next_image : image
}
