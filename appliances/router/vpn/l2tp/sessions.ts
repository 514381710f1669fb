import type { Effects } from '@sysvm/agent/service'
import { MOST_SESSIONS, sameName } from '../remoteaccess/users.ts'
import type { SessionState } from '../report.ts'
import { SESSIONS } from './names.ts'

/** A session with its device. */
export interface Session extends SessionState {
  readonly device: string
}

/** Device, pppd's process, user, address of the client, where it comes from, seconds since the Epoch. */
const LINE = /^(ppp\d+) \d+ (\S+) (\d+(?:\.\d+){3}) (\d+(?:\.\d+){3}) (\d+)$/

/** What `ppp-up` wrote. Pure. */
export const readSessions = (text: string): readonly Session[] =>
  text
    .split('\n')
    .flatMap((line) => {
      const [, device, user, address, from, since] = LINE.exec(line) ?? []
      return device === undefined || user === undefined || address === undefined || from === undefined
        ? []
        : [{ protocol: 'l2tp' as const, device, user, address, from, since: Number(since) }]
    })
    .toSorted((a, b) => a.since - b.since || a.address.localeCompare(b.address, 'en', { numeric: true }))

/** Who is connected by L2TP, the longest first; nobody where it does not run. */
export const sessionsNow = async ({ run }: Effects): Promise<readonly Session[]> =>
  readSessions(
    await run(['find', SESSIONS, '-name', 'ppp*', '-exec', 'cat', '{}', '+']).then(
      ({ stdout }) => stdout,
      () => '',
    ),
  )

/** Those that a user has too many, the oldest ones, as with IKEv2. Pure. */
export const surplusSessions = (sessions: readonly Session[]): readonly Session[] =>
  [...Map.groupBy(sessions, ({ user }) => sameName(user)).values()].flatMap((own) =>
    own.toSorted((a, b) => b.since - a.since).slice(MOST_SESSIONS),
  )

/** Ends those that this names; one that ended meanwhile is as good. */
export const cutSessions = async (
  effects: Effects,
  going: (sessions: readonly Session[]) => readonly Session[],
): Promise<void> => {
  for (const { device } of going(await sessionsNow(effects)))
    await effects.run(['pkill', '--exact', '--pidfile', `${SESSIONS}/${device}.pid`, 'pppd']).catch(() => undefined)
}
