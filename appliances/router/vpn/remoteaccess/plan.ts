import type { Action } from '@sysvm/agent/service'
import type { RemoteAccess } from './spec.ts'
import { type People, passwordsOf, placeOf } from './users.ts'

const update = (target: string, why: string, dropsFlows: boolean): Action => ({
  verb: 'update',
  target,
  why,
  dropsFlows,
})

const withoutUsers = ({ users: _, ...rest }: People): string => JSON.stringify(rest)

/** What clients of a VPN speak, as plans name it. */
interface Words {
  readonly vpn: string
  readonly user: string
}

/** Secrets are compared, never shown. */
export const planPeople = (words: Words, before: People | undefined, after: People | undefined): readonly Action[] => {
  if (before === undefined) return after === undefined ? [] : [update(words.vpn, 'it is new in the spec', false)]
  if (after === undefined) return [update(words.vpn, 'it is no longer in the spec', true)]
  const [was, is] = [passwordsOf(before), passwordsOf(after)]
  const users = [...new Set([...was.keys(), ...is.keys()])].filter((name) => was.get(name) !== is.get(name))
  const whys = (name: string): string =>
    was.has(name) ? (is.has(name) ? 'the password differs' : 'it is no longer in the spec') : 'it is new in the spec'
  return [
    ...(withoutUsers(before) === withoutUsers(after)
      ? []
      : [update(words.vpn, 'it differs', placeOf(before) !== placeOf(after))]),
    ...users.map((name) => update(`${words.user} ${name}`, whys(name), was.has(name))),
  ]
}

export const planRemoteAccess = (
  before: RemoteAccess | undefined,
  after: RemoteAccess | undefined,
): readonly Action[] => planPeople({ vpn: 'remote access VPN', user: 'VPN user' }, before, after)
