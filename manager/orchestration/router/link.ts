import type { Kysely, Transaction } from 'kysely'
import type { Database } from '../../model/database.ts'
import { addRouterNic } from './create.ts'

/**
 * The network of its own on which a VPC's two routers hear each other. Its addresses are those that no network of guests
 * has (RFC 7335): tiers, private gateways and peers of tunnels come and go beside it.
 */
export const LINK = {
  /** Every interface of a router has an address that it shares; nobody asks for this one. */
  shared: '192.0.0.1',
  first: '192.0.0.2',
  second: '192.0.0.3',
  netmask: '255.255.255.248',
} as const

/** Gives the VPC's routers that have none their nic on its link. */
export const addLinkNics = async (trx: Transaction<Database>, vpc: string): Promise<void> => {
  const routers = await trx
    .selectFrom('router')
    .leftJoin('nic', (join) => join.onRef('nic.router', '=', 'router.id').on('nic.role', '=', 'link'))
    .select(['router.id', 'router.rank'])
    .where('router.vpc', '=', vpc)
    .where('router.desired', '<>', 'Destroyed')
    .where('nic.id', 'is', null)
    .orderBy('router.rank')
    .execute()
  for (const { id, rank } of routers)
    await addRouterNic(trx, id, { role: 'link', address: LINK[rank], netmask: LINK.netmask })
}

/** A router's nic on the link; undefined for one that is alone, or is to be. */
export const linkNic = (db: Kysely<Database>, router: string) =>
  db
    .selectFrom('nic')
    .select('plugged')
    .where('router', '=', router)
    .where('role', '=', 'link')
    .where('leaving', '=', false)
    .executeTakeFirst()
