import { eui64 } from '@sysvm/agent/spec'
import type { AccountingState, Traffic } from '@sysvm/router/spec'
import type { Transaction } from 'kysely'
import type { Database } from '../model/database.ts'
import { numberSetting } from '../model/settings/index.ts'
import { addTraffic, type CountedRow, dueRouters, guestNics6 } from '../model/traffic.ts'
import { driverOf } from './hosts.ts'
import { withRouter } from './router/control.ts'
import { eachRouter } from './router/each.ts'
import type { World } from './world.ts'

const AT_ONCE = 8

const rowsOf = (kind: CountedRow['kind'], all: readonly Traffic[]): readonly CountedRow[] =>
  all.map(({ address, receivedBytes, receivedPackets, sentBytes, sentPackets }) => ({
    kind,
    address,
    received_bytes: receivedBytes,
    received_packets: receivedPackets,
    sent_bytes: sentBytes,
    sent_packets: sentPackets,
  }))

/** Adds what a router counted since it was last read to the sums of guests and public addresses. */
export const addCounted = async (
  trx: Transaction<Database>,
  router: string,
  { guests, addresses }: AccountingState,
): Promise<void> => {
  const nics = await guestNics6(trx, router)
  const six = nics.map(({ nic, mac, address6, ip6cidr }) => ({ nic, address: address6 ?? eui64(ip6cidr, mac) }))
  await addTraffic(trx, router, [...rowsOf('Guest', guests), ...rowsOf('PublicIp', addresses)], six)
}

const readRouter = async (world: World, id: string): Promise<void> => {
  const router = await world.db.selectFrom('router').selectAll().where('id', '=', id).executeTakeFirst()
  if (router === undefined || router.host === null) return
  const state = await withRouter(world, await driverOf(world, router.host), router, (client) =>
    client.request<AccountingState>('GET', '/v1/state/accounting'),
  )
  if (!Array.isArray(state.guests) || !Array.isArray(state.addresses)) return
  await world.db.transaction().execute((trx) => addCounted(trx, id, state))
}

/** Reads the counters of all routers that are due. One that does not answer is read next time; it loses nothing. */
export const collectTraffic = async (world: World): Promise<void> => {
  const seconds = await numberSetting(world.db, 'router.stats.interval')
  const due = await dueRouters(world.db, seconds)
  await eachRouter(world, due, AT_ONCE, (id) => readRouter(world, id), 'the counters')
}
