import type { AnyService, Effects } from '@sysvm/agent/service'
import type { SpecEnvelope } from '@sysvm/agent/spec'
import { servicesOf } from '../whole.ts'
import { ROLE_FILE } from './names.ts'

/** CloudStack's words for a router's redundancy state. */
export type RedundantState = 'PRIMARY' | 'BACKUP' | 'FAULT' | 'UNKNOWN'

/** keepalived's words to CloudStack's. Pure. */
export const roleOf = (text: string | undefined): RedundantState => {
  const word = text?.trim()
  if (word === 'MASTER') return 'PRIMARY'
  return word === 'BACKUP' || word === 'FAULT' ? word : 'UNKNOWN'
}

export const readRole = async ({ readFile }: Effects): Promise<RedundantState> => roleOf(await readFile(ROLE_FILE))

/** A service whose use is tried on the primary only: the other router is asked whether it would serve. */
export const whilePrimary = (service: AnyService): AnyService => {
  const { exercise } = service
  if (exercise === undefined) return service
  return {
    ...service,
    exercise: async (spec, wire, effects, whole: SpecEnvelope) => {
      const alone = servicesOf(whole).redundancy === undefined
      if (alone || (await readRole(effects)) === 'PRIMARY') await exercise(spec, wire, effects, whole)
    },
  }
}
