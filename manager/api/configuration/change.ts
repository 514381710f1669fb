import type { Transaction } from 'kysely'
import { balancedNetworks } from '../../model/loadbalancer.ts'
import { reviseNetworks } from '../../model/network.ts'
import type { Database } from '../../model/schema.ts'
import { type Setting, type SettingName, settings } from '../../model/settings/index.ts'
import type { Context } from '../command.ts'

/** The routers of all networks with load balancers. */
const reviseBalancers = async ({ jobs }: Context, trx: Transaction<Database>): Promise<void> => {
  const networks = await balancedNetworks(trx)
  await reviseNetworks(trx, networks)
  for (const network of networks) await jobs.wake(trx, 'network', network)
}

/** Tells those whom the setting reaches at once. */
export const announceSetting = async (
  context: Context,
  trx: Transaction<Database>,
  name: SettingName,
): Promise<void> => {
  if ((settings[name] as Setting).reaches === 'balancers') await reviseBalancers(context, trx)
}
