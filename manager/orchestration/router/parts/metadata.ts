import { type Kysely, sql } from 'kysely'
import type { Database } from '../../../model/database.ts'
import { guestName } from '../../world.ts'
import { gives, type RouterBase, type RouterGuest, type RouterNetwork, sourceNatAddress } from '../base.ts'
import type { RouterPart, Secrets } from './part.ts'

/** What guests are told beside what the base knows, by guest. */
interface GuestRow {
  readonly id: string
  readonly userdata: string | null
  readonly details: Readonly<Record<string, string>>
  readonly keys: readonly string[]
  readonly password: { readonly id: string; readonly value: string } | undefined
}

interface SealedRow extends Omit<GuestRow, 'password'> {
  readonly password_id: string | null
  readonly password_sealed: string | null
}

type MetadataRows = ReadonlyMap<string, GuestRow>

const opened = ({ password_id: id, password_sealed: sealed, ...row }: SealedRow, secrets: Secrets): GuestRow => ({
  ...row,
  password:
    id === null || sealed === null
      ? undefined
      : { id, value: secrets.unseal(`guest/${row.id}/password/${id}`, sealed) },
})

const readGuestRows = async (db: Kysely<Database>, { guests }: RouterBase, secrets: Secrets): Promise<MetadataRows> => {
  const { rows } = await sql<SealedRow>`
    select guest.id, coalesce(user_data.userdata, guest.userdata) as userdata, guest.userdata_details as details,
           guest.public_keys as keys, guest.password_id, guest.password_sealed
    from guest left join user_data on user_data.id = guest.userdata_id
    where guest.id = any(${[...new Set(guests.map(({ id }) => id))]}::uuid[])`.execute(db)
  return new Map(rows.map((row) => [row.id, opened(row, secrets)]))
}

/** Keys as CloudStack's virtual router serves them; the values of user data's variables are beside them. */
const instanceData = (
  base: RouterBase,
  { gateway }: RouterNetwork,
  guest: RouterGuest,
  row: GuestRow | undefined,
): Record<string, string> => {
  const outside =
    base.addresses.find(({ staticNat }) => staticNat?.nic === guest.nic)?.address ??
    sourceNatAddress(base)?.address ??
    gateway
  return {
    ...row?.details,
    'availability-zone': base.zone.name,
    'cloud-identifier': `CloudStack-{${base.zone.id}}`,
    'instance-id': guestName(guest.number),
    'local-hostname': guest.name,
    'local-ipv4': guest.address,
    'public-hostname': outside,
    'public-ipv4': outside,
    ...(row === undefined || row.keys.length === 0 ? {} : { 'public-keys': `${row.keys.join('\n')}\n` }),
    'service-offering': guest.offering,
    'vm-id': guest.id,
  }
}

const instance = (base: RouterBase, rows: MetadataRows, network: RouterNetwork, guest: RouterGuest, first: boolean) => {
  const row = rows.get(guest.id)
  return {
    address: guest.address,
    data: instanceData(base, network, guest, row),
    ...(row?.userdata ? { userData: row.userdata } : {}),
    // Of several nics behind one router the first one's address may fetch it.
    ...(row?.password && first ? { password: row.password } : {}),
  }
}

export const metadata: RouterPart<'metadata', MetadataRows> = {
  name: 'metadata',
  read: readGuestRows,
  spec: (base, rows) => {
    const served = base.networks.filter((network) => gives(network, 'UserData'))
    if (served.length === 0) return undefined
    const seen = new Set<string>()
    const instances = served.flatMap((network) =>
      base.guests
        .filter((guest) => guest.network === network.id)
        .map((guest) => instance(base, rows, network, guest, seen.size < seen.add(guest.id).size)),
    )
    return { listen: served.map(({ gateway }) => gateway), instances }
  },
}
