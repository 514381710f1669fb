import type { IkeSa } from 'strongswan-ctl'
import type { RemoteAccess } from './spec.ts'

/** charon compares users' names without case: `Ann` comes in as `ann`. */
export const sameName = (name: string): string => name.toLowerCase()

/** Passwords by such names. */
export const passwordsOf = (access: RemoteAccess | undefined): ReadonlyMap<string, string> =>
  new Map(access?.users.map(({ name, password }) => [sameName(name), password]))

type Session = Pick<IkeSa, 'state' | 'uniqueid' | 'remote-id' | 'remote-eap-id'>

const BEGINS = new Set(['CREATED', 'CONNECTING'])

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
    .filter(({ state, 'remote-eap-id': user, 'remote-id': id = '' }) =>
      // charon names the user apart only where a client calls itself otherwise.
      BEGINS.has(state) ? unfinished : goes(sameName(user ?? id)),
    )
    .map(({ uniqueid }) => uniqueid)
