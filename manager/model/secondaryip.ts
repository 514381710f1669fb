import type { Kysely, Selectable } from 'kysely'
import type { NicSecondaryIpTable } from './schema/guestservices.ts'
import type { Database } from './schema.ts'

export type SecondaryIp = Selectable<NicSecondaryIpTable> & { readonly guest: string | null }

const addresses = (db: Kysely<Database>) =>
  db
    .selectFrom('nic_secondary_ip')
    .innerJoin('nic', 'nic.id', 'nic_secondary_ip.nic')
    .selectAll('nic_secondary_ip')
    .select('nic.guest')
    .orderBy('nic_secondary_ip.created')
    .orderBy('nic_secondary_ip.id')

export const secondaryIpsOf = async (db: Kysely<Database>, nics: readonly string[]): Promise<SecondaryIp[]> =>
  nics.length === 0
    ? []
    : addresses(db)
        .where('nic_secondary_ip.nic', 'in', [...nics])
        .execute()

export const findSecondaryIp = (db: Kysely<Database>, id: string): Promise<SecondaryIp | undefined> =>
  addresses(db).where('nic_secondary_ip.id', '=', id).executeTakeFirst()

/** Further addresses of a network's guests: nobody else may be given one. */
export const secondaryAddresses = async (db: Kysely<Database>, network: string): Promise<string[]> => {
  const rows = await db.selectFrom('nic_secondary_ip').select('address').where('network', '=', network).execute()
  return rows.map(({ address }) => address)
}

export const insertSecondaryIp = async (
  trx: Kysely<Database>,
  values: { readonly nic: string; readonly network: string; readonly address: string },
): Promise<string> =>
  (await trx.insertInto('nic_secondary_ip').values(values).returning('id').executeTakeFirstOrThrow()).id

export const deleteSecondaryIpRow = async (trx: Kysely<Database>, id: string): Promise<void> => {
  await trx.deleteFrom('nic_secondary_ip').where('id', '=', id).execute()
}

/** The public address that leads to an address of a nic one to one, if any. */
export const staticNatTo = (
  db: Kysely<Database>,
  nic: string,
  address: string,
): Promise<{ readonly id: string; readonly address: string } | undefined> =>
  db
    .selectFrom('public_ip')
    .select(['id', 'address'])
    .where('static_nat_nic', '=', nic)
    .where('static_nat_address', '=', address)
    .executeTakeFirst()

/** A port forwarding that leads to an address of a nic, if any. */
export const forwardingTo = async (db: Kysely<Database>, nic: string, address: string): Promise<string | undefined> => {
  const row = await db
    .selectFrom('port_forwarding')
    .select('id')
    .where('nic', '=', nic)
    .where('guest_address', '=', address)
    .limit(1)
    .executeTakeFirst()
  return row?.id
}
