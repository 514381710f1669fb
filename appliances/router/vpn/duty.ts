import type { Effects } from '@sysvm/agent/service'
import { isPaired } from '../redundancy/follow.ts'
import { type RedundantState, readRole } from '../redundancy/role.ts'

/**
 * What a router does with tunnels: the primary, and one that is alone, has them; a backup has none. Where keepalived has
 * taken no role nothing is begun, and nothing is ended either.
 */
export type Duty = 'serves' | 'rests' | 'unsure'

/** Pure. */
export const dutyOf = (role: RedundantState): Duty => {
  if (role === 'PRIMARY') return 'serves'
  return role === 'UNKNOWN' ? 'unsure' : 'rests'
}

export const readDuty = async (effects: Effects): Promise<Duty> =>
  (await isPaired(effects)) ? dutyOf(await readRole(effects)) : 'serves'
