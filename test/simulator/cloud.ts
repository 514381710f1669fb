import { type Database, migrate, openDatabase } from '@sysvm/manager/model'
import type { Images } from '@sysvm/manager/orchestration/images/index'
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import { MIGRATED } from './ready-cluster.ts'

/** A zone with hosts, ranges and offerings, as the API would have made it. */
export interface Cloud {
  readonly zone: string
  readonly physicalNetwork: string
  readonly cluster: string
  readonly hosts: readonly string[]
}

export interface CloudOptions {
  readonly hosts?: readonly string[]
  readonly publicAddresses?: number
  readonly vnis?: number
  /** False: hosts must find out from where their tunnels start. */
  readonly underlays?: boolean
}

const IMAGE = 'a'.repeat(64)
const GUEST_IMAGE = 'b'.repeat(64)

/** What the templates name; simulated hosts never look into the folders. */
export const simulatedImages: Images = {
  all: new Map([
    [IMAGE, { hash: IMAGE, kind: 'system', folder: `/images/${IMAGE}` }],
    [GUEST_IMAGE, { hash: GUEST_IMAGE, kind: 'guest', folder: `/images/${GUEST_IMAGE}` }],
  ]),
  current: {},
}

/** Names of migrated databases that nobody uses, by cluster: copying one is quicker than migrating another. */
const templates = new Map<string, Promise<string>>()

const makeTemplate = async (url: string, admin: Kysely<Database>): Promise<string> => {
  const { rows } = await sql`select from pg_database where datname = ${MIGRATED}`.execute(admin)
  if (rows.length > 0) return MIGRATED
  const name = `migrated_${Math.random().toString(36).slice(2)}`
  await sql`create database ${sql.id(name)}`.execute(admin)
  const db = openDatabase(at(url, name), { connections: 1 })
  await migrate(db)
  await db.destroy()
  return name
}

const at = (url: string, name: string): string => Object.assign(new URL(url), { pathname: name }).href

/** An empty, migrated database of its own in the cluster; dropped by the returned function. */
export const freshDatabase = async (
  url: string,
): Promise<{ url: string; db: Kysely<Database>; drop: () => Promise<void> }> => {
  const admin = openDatabase(url, { connections: 1 })
  const template = templates.get(url) ?? makeTemplate(url, admin)
  templates.set(url, template)
  const name = `test_${Math.random().toString(36).slice(2)}`
  await sql`create database ${sql.id(name)} template ${sql.id(await template)}`.execute(admin)
  const own = at(url, name)
  const db = openDatabase(own, { connections: 20 })
  const drop = async (): Promise<void> => {
    await db.destroy()
    await sql`drop database ${sql.id(name)} with (force)`.execute(admin)
    await admin.destroy()
  }
  return { url: own, db, drop }
}

const one = <T>(rows: Promise<T[]>): Promise<T> => rows.then(([row]) => row as T)

const makeOfferings = async (db: Kysely<Database>): Promise<void> => {
  const services = Object.fromEntries(
    ['Dhcp', 'Dns', 'SourceNat', 'UserData', 'Firewall'].map((s) => [s, ['VirtualRouter']]),
  )
  await db
    .insertInto('network_offering')
    .values({ name: 'isolated', displaytext: '', guestiptype: 'Isolated', services: JSON.stringify(services) })
    .execute()
  const offering = { displaytext: '', cpunumber: 1, cpuspeed: 1000, memory: 128 }
  await db
    .insertInto('service_offering')
    .values([
      { ...offering, name: 'router', issystem: true },
      { ...offering, name: 'small' },
    ])
    .execute()
  await db
    .insertInto('template')
    .values([
      { name: 'SystemVM', displaytext: '', image: IMAGE, kind: 'system', isready: true },
      { name: 'guest', displaytext: '', image: GUEST_IMAGE, kind: 'guest', isready: true },
    ])
    .execute()
}

export const makeCloud = async (db: Kysely<Database>, options: CloudOptions = {}): Promise<Cloud> => {
  await makeOfferings(db)
  const zone = await one(
    db
      .insertInto('zone')
      .values({ name: 'z1', dns1: '192.0.2.53', internaldns1: '192.0.2.53', networktype: 'Advanced' })
      .returning('id')
      .execute(),
  )
  const physical = await one(
    db
      .insertInto('physical_network')
      .values({
        zone: zone.id,
        name: 'p1',
        isolationmethods: 'VXLAN',
        state: 'Enabled',
        vni_from: 5001,
        vni_to: 5000 + (options.vnis ?? 100),
      })
      .returning('id')
      .execute(),
  )
  await db.insertInto('traffic_type').values({ physical_network: physical.id, traffictype: 'Guest' }).execute()
  const range = await one(
    db
      .insertInto('vlan_range')
      .values({
        zone: zone.id,
        physical_network: physical.id,
        vlan: 'untagged',
        gateway: '203.0.113.1',
        netmask: '255.255.255.0',
        startip: '203.0.113.10',
        endip: '203.0.113.99',
      })
      .returning('id')
      .execute(),
  )
  for (let index = 0; index < (options.publicAddresses ?? 20); index++)
    await db
      .insertInto('public_ip')
      .values({ range: range.id, address: `203.0.113.${10 + index}` })
      .execute()
  const pod = await one(
    db
      .insertInto('pod')
      .values({ zone: zone.id, name: 'pod', gateway: '192.0.2.1', netmask: '255.255.255.0', startip: '192.0.2.10' })
      .returning('id')
      .execute(),
  )
  const cluster = await one(
    db.insertInto('cluster').values({ pod: pod.id, name: 'c1', hypervisor: 'Container' }).returning('id').execute(),
  )
  const urls = options.hosts ?? ['local:?netns=h1']
  const hosts = await db
    .insertInto('host')
    .values(
      urls.map((url, index) => ({
        cluster: cluster.id,
        name: url,
        url,
        underlay: options.underlays === false ? null : `192.0.2.${index + 1}`,
      })),
    )
    .returning('id')
    .execute()
  return { zone: zone.id, physicalNetwork: physical.id, cluster: cluster.id, hosts: hosts.map(({ id }) => id) }
}
