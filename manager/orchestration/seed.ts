import { type Insertable, type Kysely, sql } from 'kysely'
import type { Database } from '../model/database.ts'
import type { NetworkOfferingTable, VpcOfferingTable } from '../model/schema.ts'
import type { Image, Images } from './images/index.ts'
import { networkOfferings, vpcOfferings } from './offerings.ts'

const serviceOfferings = [
  { name: 'Small Instance', displaytext: 'One cpu and 128 MiB', cpunumber: 1, cpuspeed: 1000, memory: 128 },
  { name: 'Medium Instance', displaytext: 'One cpu and 512 MiB', cpunumber: 1, cpuspeed: 1000, memory: 512 },
] as const

const systemOffering = {
  name: 'System Offering For Software Router',
  displaytext: 'Virtual router: one cpu and 256 MiB',
  cpunumber: 1,
  cpuspeed: 1000,
  memory: 256,
  issystem: true,
} as const

const templates = {
  system: { name: 'SystemVM', displaytext: 'System VM of this release' },
  guest: { name: 'sysvm guest', displaytext: 'Tiny guest for demonstrations and tests' },
} as const

const seedTemplate = async (db: Kysely<Database>, image: Image): Promise<void> => {
  const row = { image: image.hash, isready: true }
  await db
    .insertInto('template')
    .values({ ...templates[image.kind], kind: image.kind, ...row })
    .onConflict((conflict) => conflict.columns(['name', 'kind']).doUpdateSet(row))
    .execute()
}

/** What a release adds to a default one's services comes to the clouds that have it. */
const seedOffering = async (
  db: Kysely<Database>,
  table: 'network_offering' | 'vpc_offering',
  offering: Insertable<NetworkOfferingTable> | Insertable<VpcOfferingTable>,
): Promise<void> => {
  await db
    .insertInto(table)
    .values(offering as Insertable<NetworkOfferingTable>)
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet({ services: offering.services }).where(`${table}.isdefault`, '=', true),
    )
    .execute()
}

/** What every cloud has from its first start on. What an operator changed stays; templates follow the current images. */
export const seed = async (db: Kysely<Database>, images: Images): Promise<void> => {
  for (const offering of networkOfferings) await seedOffering(db, 'network_offering', offering)
  for (const offering of vpcOfferings) await seedOffering(db, 'vpc_offering', offering)
  for (const offering of [systemOffering, ...serviceOfferings])
    await db
      .insertInto('service_offering')
      .values(offering)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  for (const image of Object.values(images.current)) await seedTemplate(db, image)
  const ready = [...images.all.keys()]
  await db
    .updateTable('template')
    .set({ isready: sql<boolean>`image = any(${ready}::text[])` })
    .execute()
}

/** Images that routers run and templates name. */
export const imagesInUse = async (db: Kysely<Database>): Promise<string[]> => {
  const { rows } = await sql<{ image: string }>`
    select image from template union select image from router where image is not null
    union select next_firmware from router where next_firmware is not null`.execute(db)
  return rows.map(({ image }) => image)
}
