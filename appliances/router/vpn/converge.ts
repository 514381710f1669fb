import { SysvmError } from '@sysvm/errors'
import type { Vici } from 'strongswan-ctl'
import { aliveIn, begin, endSas, forgetKey, isRefused, loadedIn, unload } from './charon.ts'
import { configOf, digestOf, keyOf } from './messages.ts'
import { nameOf } from './names.ts'
import type { Connection } from './spec.ts'

/** What leads charon from what it has to what it should have. */
export interface Steps {
  /** Names of connections that end. */
  readonly gone: readonly string[]
  /** Those that are told anew, and set up anew where they were up. */
  readonly told: readonly Connection[]
  /** Those of which charon may have another key, though it makes no difference to what is up. */
  readonly keyed: readonly Connection[]
}

/**
 * `keys` are those that this charon was told as far as anybody remembers, `alive` the names of SAs: an agent that died
 * between the two leaves those of a connection that it has unloaded. Pure.
 */
export const stepsOf = (
  wanted: readonly Connection[],
  loaded: ReadonlyMap<string, string>,
  keys: ReadonlyMap<string, string>,
  alive: readonly string[] = [],
): Steps => {
  const names = new Set(wanted.map(nameOf))
  const differs = (connection: Connection): boolean => {
    const [name, key] = [nameOf(connection), keys.get(nameOf(connection))]
    return loaded.get(name) !== digestOf(connection) || (key !== undefined && key !== connection.psk)
  }
  return {
    gone: [...new Set([...loaded.keys(), ...alive])].filter((name) => !names.has(name)),
    told: wanted.filter(differs),
    keyed: wanted.filter((connection) => !differs(connection) && !keys.has(nameOf(connection))),
  }
}

/** charon's own words for what it does not take; they never have a key in them. */
const refused = (id: string, cause: unknown): unknown =>
  isRefused(cause)
    ? new SysvmError('SYSVM_COMMAND_FAILED', `charon does not take the VPN connection ${id}: ${cause.message}`, {
        cause,
      })
    : cause

const tell = async (vici: Vici, connection: Connection, begins: boolean): Promise<void> => {
  const [name, config] = [nameOf(connection), configOf(connection)]
  try {
    await vici.loadShared(keyOf(connection))
    await vici.loadConn(name, config)
  } catch (cause) {
    throw refused(connection.id, cause)
  }
  if (connection.passive || !begins) return
  for (const child of Object.keys(config.children ?? {})) await begin(vici, name, child)
}

/** Several at once on connections of their own: a peer that is gone is waited for. */
const AT_ONCE = 4

const endAll = async (names: readonly string[], open: () => Promise<Vici>): Promise<void> => {
  const queue = [...names]
  const worker = async (): Promise<void> => {
    await using vici = await open()
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) await endSas(vici, name)
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, names.length) }, worker))
}

/**
 * Tells charon what differs, and nothing about the others. `keys` follows what charon was told; `begins`: tunnels are
 * this router's to set up.
 */
export const converge = async (
  vici: Vici,
  wanted: readonly Connection[],
  keys: Map<string, string>,
  open: () => Promise<Vici>,
  begins: boolean,
): Promise<void> => {
  const loaded = await loadedIn(vici)
  const alive = await aliveIn(vici)
  const { gone, told, keyed } = stepsOf(wanted, loaded, keys, alive)
  const begun = new Set([...loaded.keys(), ...alive])
  const ending = [...gone, ...told.map(nameOf).filter((name) => begun.has(name))]
  // Unloaded first, so that nothing of it begins again by itself.
  for (const name of ending) await unload(vici, name)
  await endAll(ending, open)
  for (const name of gone) {
    await forgetKey(vici, name)
    keys.delete(name)
  }
  for (const connection of told) {
    await tell(vici, connection, begins)
    keys.set(nameOf(connection), connection.psk)
  }
  for (const connection of keyed) {
    await vici.loadShared(keyOf(connection))
    keys.set(nameOf(connection), connection.psk)
  }
}
