import type { Action } from '@sysvm/agent/service'
import type { RemoteAccess } from './spec.ts'
import { passwordsOf } from './users.ts'

const update = (target: string, why: string, dropsFlows: boolean): Action => ({
  verb: 'update',
  target,
  why,
  dropsFlows,
})

const withoutUsers = ({ users: _, ...rest }: RemoteAccess): string => JSON.stringify(rest)

/** What cannot change under a session: where clients come to, what address they got and what they reach. */
export const placeOf = ({ address, pool, subnets }: RemoteAccess): string => JSON.stringify([address, pool, subnets])

/** Secrets are compared, never shown. */
export const planRemoteAccess = (
  before: RemoteAccess | undefined,
  after: RemoteAccess | undefined,
): readonly Action[] => {
  const VPN = 'remote access VPN'
  if (before === undefined) return after === undefined ? [] : [update(VPN, 'it is new in the spec', false)]
  if (after === undefined) return [update(VPN, 'it is no longer in the spec', true)]
  const [was, is] = [passwordsOf(before), passwordsOf(after)]
  const users = [...new Set([...was.keys(), ...is.keys()])].filter((name) => was.get(name) !== is.get(name))
  const whys = (name: string): string =>
    was.has(name) ? (is.has(name) ? 'the password differs' : 'it is no longer in the spec') : 'it is new in the spec'
  return [
    ...(withoutUsers(before) === withoutUsers(after)
      ? []
      : [update(VPN, 'it differs', placeOf(before) !== placeOf(after))]),
    ...users.map((name) => update(`VPN user ${name}`, whys(name), was.has(name))),
  ]
}
