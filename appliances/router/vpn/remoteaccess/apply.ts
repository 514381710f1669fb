import { type Vici, ViciError } from 'strongswan-ctl'
import { configOf, poolOf, secretOf } from './messages.ts'
import { CONNECTION, isPool, keyName, poolName, userOf } from './names.ts'
import type { RemoteAccess } from './spec.ts'

/** Milliseconds that a client has to say that it heard; it is out all the same. */
const GOODBYE_MS = 1000

const idsOf = async (vici: Vici, goes: (user: string | undefined) => boolean): Promise<readonly number[]> => {
  const ids: number[] = []
  // charon names the user apart only where a client calls itself otherwise.
  for await (const { uniqueid, 'remote-eap-id': user, 'remote-id': id } of vici.listSas({ ike: CONNECTION }))
    if (goes(user ?? id)) ids.push(uniqueid)
  return ids
}

/** Ends the sessions of whom this says so; those of others go on. */
const cut = async (vici: Vici, goes: (user: string | undefined) => boolean): Promise<void> => {
  const ids = await idsOf(vici, goes)
  const ends = await Promise.allSettled(
    ids.map((id) => vici.terminate({ 'ike-id': id, force: true, timeout: GOODBYE_MS })),
  )
  const failed = ends.find((end) => end.status === 'rejected')
  // One that ended by itself meanwhile could not be ended any more.
  if (failed !== undefined && (await idsOf(vici, goes)).length > 0) throw failed.reason
}

/** Secrets that charon has and should not have, by the users' names. */
const loadedUsers = async (vici: Vici): Promise<readonly string[]> =>
  (await vici.getShared()).flatMap((key) => {
    const user = userOf(key)
    return user === undefined ? [] : [user]
  })

const removePools = async (vici: Vici, keep: string | undefined): Promise<void> => {
  for (const name of Object.keys(await vici.getPools()))
    if (isPool(name) && name !== keep)
      await vici.unloadPool(name).catch((error: unknown) => {
        // A session that is about to end has an address of it still: it goes the next time.
        if (!(error instanceof ViciError) || error.code !== 'VICI_REFUSED') throw error
      })
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

const placeOf = ({ address, pool, subnets }: RemoteAccess): string => JSON.stringify([address, pool, subnets])

/** Users who are no more, or whose password is another one, as far as it is known what was. */
const outdated = (before: RemoteAccess | undefined, after: RemoteAccess): ((user: string | undefined) => boolean) => {
  if (before !== undefined && placeOf(before) !== placeOf(after)) return () => true
  const was = new Map(before?.users.map(({ name, password }) => [name, password]))
  const is = new Map(after.users.map(({ name, password }) => [name, password]))
  return (user = '') => !is.has(user) || (was.has(user) && was.get(user) !== is.get(user))
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
  if (JSON.stringify(before) === JSON.stringify(after)) return
  const wanted = new Set(after.users.map(({ name }) => name))
  for (const user of await loadedUsers(vici)) if (!wanted.has(user)) await vici.unloadShared(keyName(user))
  const key = await vici.loadKey({ data: after.key })
  await vici.loadPool(poolName(after.pool), poolOf(after))
  const known = new Map(before?.users.map(({ name, password }) => [name, password]))
  for (const user of after.users) if (known.get(user.name) !== user.password) await vici.loadShared(secretOf(user))
  await vici.loadConn(CONNECTION, configOf(after))
  await cut(vici, outdated(before, after))
  await removePools(vici, poolName(after.pool))
  await removeKeys(vici, key)
}

/** What charon lacks of it, or has too much. */
export const missingOf = async (vici: Vici, access: RemoteAccess | undefined): Promise<readonly string[]> => {
  const loaded = await isLoaded(vici)
  if (access === undefined || !loaded) return loaded === (access !== undefined) ? [] : ['the remote access VPN']
  const [has, wanted] = [new Set(await loadedUsers(vici)), new Set(access.users.map(({ name }) => name))]
  const lacking = [...wanted].filter((name) => !has.has(name))
  const surplus = [...has].filter((name) => !wanted.has(name))
  return [...lacking, ...surplus].map((name) => `the VPN user ${name}`)
}
