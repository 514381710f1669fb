import { findVpnConnection } from '../../model/vpnconnection.ts'
import { findVpnCustomerGateway } from '../../model/vpncustomergateway.ts'
import { findVpnGateway } from '../../model/vpngateway.ts'
import type { Context } from '../command.ts'
import { ownersIn } from '../owner.ts'
import { presentVpnConnection, presentVpnCustomerGateway, presentVpnGateway } from './response.ts'

/** What finished jobs answer: the thing as it is then. */
export const vpnGatewayResult = async ({ db }: Context, id: string) => {
  const row = await findVpnGateway(db, id)
  return row && presentVpnGateway(await ownersIn(db, [row]))(row)
}

export const vpnCustomerGatewayResult = async (context: Context, id: string) => {
  const row = await findVpnCustomerGateway(context.db, id)
  return row && presentVpnCustomerGateway(context, await ownersIn(context.db, [row]))(row)
}

export const vpnConnectionResult = async (context: Context, id: string) => {
  const row = await findVpnConnection(context.db, id)
  return row && presentVpnConnection(context, await ownersIn(context.db, [row]))(row)
}
