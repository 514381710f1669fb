import { signedCaller } from '../../simulator/cloud-port.ts'
import { round } from '../bench.ts'
import { type Child, call } from './child.ts'

/** Clients at once. */
export const CLIENTS = 16
const SECONDS = 5

/** Calls a second from several clients at once. */
export const rate = async (one: () => Promise<unknown>): Promise<number> => {
  let calls = 0
  const stop = performance.now() + SECONDS * 1000
  const client = async (): Promise<void> => {
    while (performance.now() < stop) {
      await one()
      calls++
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  return round(calls / SECONDS, 0)
}

/** Calls a second of one who signs. */
export const signedRate = async (manager: Child) => {
  const users = (await call(manager, 'listUsers', { username: 'admin' })).user as { id: string }[]
  const keys = (await call(manager, 'registerUserKeys', { id: users[0]?.id ?? '' })).userkeys as {
    apikey: string
    secretkey: string
  }
  const signed = signedCaller(`http://127.0.0.1:${manager.cloudPort}`, keys)
  const first = await signed('listZones')
  if (first.status !== 200) throw new Error(`signed: ${JSON.stringify(first.body)}`)
  return rate(() => signed('listZones'))
}
