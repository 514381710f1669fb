import type { Vici } from 'strongswan-ctl'
import { unlessRefused } from '../charon.ts'
import { configOf, poolOf, secretOf } from './messages.ts'
import { CONNECTION, isPool, keyName, poolName, userOf } from './names.ts'
import type { RemoteAccess } from './spec.ts'
import { endingOf, outdated, passwordsOf, placeOf, surplusOf } from './users.ts'

/** Milliseconds that a client has to say that it heard; it is out all the same. */
const GOODBYE_MS = 1000

type Goes = (user: string) => boolean

/** Ends the sessions of whom this says so, and those that are not established yet; those of others go on. */
const cut = async (vici: Vici, goes: Goes): Promise<void> => {
  const endings = async (): Promise<readonly number[]> =>
    endingOf(await vici.listSas({ ike: CONNECTION }).toArray(), goes, true)
  const all = await endings()
  const ends = await Promise.allSettled(all.map((id) => end(vici, id)))
  const failed = ends.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined
  // One that ended by itself meanwhile could not be ended any more.
  if (failed !== undefined && (await endings()).some((id) => all.includes(id))) throw failed.reason
}

const end = (vici: Vici, id: number): Promise<unknown> =>
  vici.terminate({ 'ike-id': id, force: true, timeout: GOODBYE_MS })

/**
 * Ends what was established by somebody while they were removed, and what anybody has too many. What is busy, as one is
 * that comes up just now, is waited for, or with `noblock` looked at the next time.
 */
export const sweep = async (vici: Vici, wanted: RemoteAccess, noblock: boolean): Promise<void> => {
  const users = passwordsOf(wanted)
  const sas = await vici.listSas({ ike: CONNECTION, ...(noblock && { noblock }) }).toArray()
  const ends = new Set([...endingOf(sas, (user) => !users.has(user), false), ...surplusOf(sas)])
  await Promise.allSettled([...ends].map((id) => end(vici, id)))
}

/** Secrets that charon has and should not have, by the users' names. */
const loadedUsers = async (vici: Vici): Promise<readonly string[]> =>
  (await vici.getShared()).flatMap((key) => {
    const user = userOf(key)
    return user === undefined ? [] : [user]
  })

const removePools = async (vici: Vici, keep: string | undefined): Promise<void> => {
  // A session that is about to end may have an address of it still: then it goes the next time.
  for (const name of Object.keys(await vici.getPools()))
    if (isPool(name) && name !== keep) await vici.unloadPool(name).catch(unlessRefused)
}

const removeKeys = async (vici: Vici, keep: string | undefined): Promise<void> => {
  for (const key of await vici.getKeys()) if (key !== keep) await vici.unloadKey(key)
}

/** Whether charon has what it was told; one that was restarted has nothing. */
export const isLoaded = async (vici: Vici): Promise<boolean> => (await vici.getConns()).includes(CONNECTION)

const remove = async (vici: Vici): Promise<void> => {
  if (await isLoaded(vici)) await vici.unloadConn(CONNECTION)
  for (const user of await loadedUsers(vici)) await vici.unloadShared(keyName(user))
  await cut(vici, () => true)
  await removePools(vici, undefined)
  await removeKeys(vici, undefined)
}

/** Whose sessions end; undefined: all stay. */
const leaving = (before: RemoteAccess | undefined, after: RemoteAccess): Goes | undefined => {
  const goes = outdated(before, after)
  const moves = before !== undefined && placeOf(before) !== placeOf(after)
  return before === undefined || moves || [...passwordsOf(before).keys()].some(goes) ? goes : undefined
}

/**
 * Has charon let in these users and no others. `told`: what it was told last; undefined: nothing is known, and all is
 * told again. Sessions of those who stay are not touched.
 */
export const convergeRemoteAccess = async (
  vici: Vici,
  told: RemoteAccess | undefined,
  after: RemoteAccess | undefined,
): Promise<void> => {
  if (after === undefined) return remove(vici)
  const before = (await isLoaded(vici)) ? told : undefined
  if (JSON.stringify(before) === JSON.stringify(after)) return sweep(vici, after, true)
  const wanted = passwordsOf(after)
  for (const user of await loadedUsers(vici)) if (!wanted.has(user)) await vici.unloadShared(keyName(user))
  const key = await vici.loadKey({ data: after.key })
  await vici.loadPool(poolName(after.pool), poolOf(after))
  const known = passwordsOf(before)
  for (const [name, password] of wanted)
    if (known.get(name) !== password) await vici.loadShared(secretOf({ name, password }))
  await vici.loadConn(CONNECTION, configOf(after))
  const goes = leaving(before, after)
  await (goes === undefined ? sweep(vici, after, true) : cut(vici, goes))
  await removePools(vici, poolName(after.pool))
  await removeKeys(vici, key)
}

/** What charon lacks of it, or has too much. */
export const missingOf = async (vici: Vici, access: RemoteAccess | undefined): Promise<readonly string[]> => {
  const loaded = await isLoaded(vici)
  if (access === undefined || !loaded) return loaded === (access !== undefined) ? [] : ['the remote access VPN']
  const [has, wanted] = [new Set(await loadedUsers(vici)), passwordsOf(access)]
  const lacking = [...wanted.keys()].filter((name) => !has.has(name))
  const surplus = [...has].filter((name) => !wanted.has(name))
  return [...lacking, ...surplus].map((name) => `the VPN user ${name}`)
}
