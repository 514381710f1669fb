import type { IkeSa } from 'strongswan-ctl'
import type { User } from './spec.ts'

/** charon compares users' names without case: `Ann` comes in as `ann`. */
export const sameName = (name: string): string => name.toLowerCase()

/** What a VPN of people's machines has, whatever they speak. */
export interface People {
  readonly address: string
  readonly pool: { readonly first: string; readonly last: string }
  readonly subnets: readonly string[]
  readonly users: readonly User[]
}

/** Passwords by such names. */
export const passwordsOf = (people: People | undefined): ReadonlyMap<string, string> =>
  new Map(people?.users.map(({ name, password }) => [sameName(name), password]))

/** What cannot change under a session: where clients come to, what address they got and what they reach. */
export const placeOf = ({ address, pool, subnets }: People): string => JSON.stringify([address, pool, subnets])

/** Whose sessions end: those of users who are no more, or whose password is another one, as far as it is known what was. */
export const outdated = (before: People | undefined, after: People): ((user: string) => boolean) => {
  if (before !== undefined && placeOf(before) !== placeOf(after)) return () => true
  const [was, is] = [passwordsOf(before), passwordsOf(after)]
  return (user) => {
    const name = sameName(user)
    return !is.has(name) || (was.has(name) && was.get(name) !== is.get(name))
  }
}

type Session = Pick<IkeSa, 'state' | 'uniqueid' | 'remote-id' | 'remote-eap-id' | 'established'>

/** Sessions of one user at once: no one person takes all addresses. */
export const MOST_SESSIONS = 4

const BEGINS = new Set(['CREATED', 'CONNECTING'])

/** charon names the user apart only where a client calls itself otherwise. */
const ownerOf = ({ 'remote-eap-id': user, 'remote-id': id = '' }: Session): string => sameName(user ?? id)

/**
 * Ids of the sessions that are to end: those of users of whom `goes` says so, and with `unfinished` those of which
 * nobody knows yet whose they will be, though a password may have been accepted already. Pure.
 */
export const endingOf = (
  sessions: readonly Session[],
  goes: (user: string) => boolean,
  unfinished: boolean,
): readonly number[] =>
  sessions
    .filter((session) => (BEGINS.has(session.state) ? unfinished : goes(ownerOf(session))))
    .map(({ uniqueid }) => uniqueid)

/** Ids of those that a user has too many, the oldest ones: a device that is gone must not keep its owner out. Pure. */
export const surplusOf = (sessions: readonly Session[]): readonly number[] =>
  [
    ...Map.groupBy(
      sessions.filter(({ state }) => !BEGINS.has(state)),
      ownerOf,
    ).values(),
  ].flatMap((own) =>
    own
      .toSorted((a, b) => (a.established ?? 0) - (b.established ?? 0) || b.uniqueid - a.uniqueid)
      .slice(MOST_SESSIONS)
      .map(({ uniqueid }) => uniqueid),
  )
