import { setTimeout as sleep } from 'node:timers/promises'
import type { Effects } from '@sysvm/agent/service'
import { SysvmError } from '@sysvm/errors'
import { createConnection, createVici, type Vici, ViciError } from 'strongswan-ctl'
import { digestIn } from './messages.ts'
import { idOf, SOCKET } from './names.ts'

const TRIES = 100
const PAUSE_MS = 50
/** What a peer has to say good-bye; then its SAs are gone all the same. */
const FAREWELL_MS = 500

/** A connection to charon. It opens its socket a moment after its start, and takes a few callers at a time. */
export const openVici = async ({ ask }: Effects): Promise<Vici> => {
  for (let left = TRIES; ; left--) {
    try {
      return createVici(createConnection(await ask.open(SOCKET)))
    } catch (cause) {
      if (left === 0) throw new SysvmError('SYSVM_PROBE_FAILED', `charon does not answer at ${SOCKET}`, { cause })
    }
    await sleep(PAUSE_MS)
  }
}

/** Names of charon's connections that are ours, and of what digest each is. */
export const loadedIn = async (vici: Vici): Promise<ReadonlyMap<string, string>> => {
  const loaded = new Map<string, string>()
  for await (const { name, children } of vici.listConns())
    if (idOf(name) !== undefined) loaded.set(name, digestIn(Object.keys(children ?? {})[0] ?? ''))
  return loaded
}

/** Names of our connections that charon has SAs of, loaded or not. */
export const aliveIn = async (vici: Vici): Promise<readonly string[]> => {
  const sas = await vici.listSas({ noblock: true }).toArray()
  return [...new Set(sas.map(({ name }) => name))].filter((name) => idOf(name) !== undefined)
}

/** Whether charon heard what was asked and did not do it. */
export const isRefused = (error: unknown): error is ViciError =>
  error instanceof ViciError && error.code === 'VICI_REFUSED'

/** What is not there cannot be taken away, which is as well. */
export const unlessRefused = (error: unknown): void => {
  if (!isRefused(error)) throw error
}

/** Ends what there is of a connection, its peer told. */
export const endSas = (vici: Vici, name: string): Promise<void> =>
  vici.terminate({ ike: name, force: true, timeout: FAREWELL_MS }).then(() => undefined, unlessRefused)

/** Ends all of a connection at once: nobody is there to say good-bye to. */
export const dropSas = (vici: Vici, name: string): Promise<void> =>
  vici.terminate({ ike: name, force: true, timeout: -1 }).then(() => undefined, unlessRefused)

export const unload = (vici: Vici, name: string): Promise<void> => vici.unloadConn(name).catch(unlessRefused)

export const forgetKey = (vici: Vici, name: string): Promise<void> => vici.unloadShared(name).catch(unlessRefused)

/** Begins with a child; how that goes is told by events. */
export const begin = (vici: Vici, name: string, child: string): Promise<void> =>
  vici.initiate({ ike: name, child, timeout: -1 }).catch(unlessRefused)
