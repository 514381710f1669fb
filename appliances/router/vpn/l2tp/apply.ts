import type { Change, Effects } from '@sysvm/agent/service'
import { outdated, passwordsOf, sameName } from '../remoteaccess/users.ts'
import type { VpnSpec } from '../spec.ts'
import { inability } from './able.ts'
import { DAEMON_FILE, UNIT } from './names.ts'
import { cutSessions, surplusSessions } from './sessions.ts'
import type { L2tp } from './spec.ts'

/** xl2tpd runs while there is such a VPN. Users come and go without it: each pppd reads their passwords anew. */
export const applyL2tp = async ({ before, after, files }: Change<VpnSpec>, effects: Effects): Promise<void> => {
  const l2tp = after?.l2tp
  const runs = await effects.unitActive(UNIT)
  if (l2tp === undefined || (await inability(effects)) !== undefined) {
    if (runs) await effects.unit('stop', UNIT)
    return
  }
  if (!runs) return effects.unit('start', UNIT)
  if (files.some(({ path }) => path === DAEMON_FILE)) return effects.unit('restart', UNIT)
  const goes = outdated(before?.l2tp, l2tp)
  await cutSessions(effects, (sessions) => sessions.filter(({ user }) => goes(user)))
}

/** Ends who came in while they were removed, and what one user has too many. */
export const sweepL2tp = async (l2tp: L2tp, effects: Effects): Promise<void> => {
  const users = passwordsOf(l2tp)
  await cutSessions(effects, (sessions) => [
    ...sessions.filter(({ user }) => !users.has(sameName(user))),
    ...surplusSessions(sessions),
  ])
}
