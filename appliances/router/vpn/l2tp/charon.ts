import type { Vici } from 'strongswan-ctl'
import { dropSas, endSas, forgetKey, unload } from '../charon.ts'
import { configOf, keyOf } from './messages.ts'
import { CONNECTION } from './names.ts'
import type { L2tp } from './spec.ts'

const same = (one: L2tp | undefined, other: L2tp): boolean =>
  one !== undefined && one.address === other.address && one.psk === other.psk

const isLoaded = async (vici: Vici): Promise<boolean> => (await vici.getConns()).includes(CONNECTION)

/** Has charon take clients of L2TP, or none. `told`: what it was told last; undefined: nothing is known. */
export const convergeL2tp = async (vici: Vici, told: L2tp | undefined, after: L2tp | undefined): Promise<void> => {
  const loaded = await isLoaded(vici)
  if (after === undefined) {
    if (!loaded) return
    await unload(vici, CONNECTION)
    await forgetKey(vici, CONNECTION)
    return dropSas(vici, CONNECTION)
  }
  if (loaded && same(told, after)) return
  await vici.loadShared(keyOf(after))
  await vici.loadConn(CONNECTION, configOf(after))
  // Who came by another key, or to another address, comes again.
  if (loaded && told !== undefined) await endSas(vici, CONNECTION)
}

/** What charon lacks of it, or has too much. */
export const missingL2tp = async (vici: Vici, l2tp: L2tp | undefined): Promise<readonly string[]> =>
  (await isLoaded(vici)) === (l2tp !== undefined) ? [] : ['the L2TP VPN']
