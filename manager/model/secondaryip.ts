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
