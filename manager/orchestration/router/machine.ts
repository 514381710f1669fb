import { SysvmError } from '@sysvm/errors'
import { type Selectable, sql } from 'kysely'
import type { MachineSpec } from '../../hosts/driver.ts'
import type { RouterTable } from '../../model/schema.ts'
import { hasHosts, type Need } from '../../placement/index.ts'
import { unseal } from '../keys/index.ts'
import { routerName, type World } from '../world.ts'
import { bridgeOfNic, type MachineNicRow } from './nics.ts'
import { scopeOf } from './scope.ts'

type Placed = Pick<Selectable<RouterTable>, 'id' | 'zone' | 'network' | 'vpc' | 'host' | 'moving'>

const readOffering = async (world: World) => {
  const offering = await world.db
    .selectFrom('service_offering')
    .select(['cpunumber', 'memory'])
    .where('issystem', '=', true)
    .orderBy('created')
    .limit(1)
    .executeTakeFirst()
  if (offering) return offering
  throw new SysvmError(
    'SYSVM_RESOURCE_STATE',
    'There is no service offering for system VMs. Restart the manager: it makes one.',
  )
}

const routerSize = async (world: World): Promise<{ readonly cpus: number; readonly memoryMiB: number }> => {
  const { cpunumber, memory } = await readOffering(world)
  return { cpus: cpunumber, memoryMiB: memory }
}

/**
 * What a router needs of a host. Two of one scope are on two hosts as long as there are two: there is room on another
 * one, or they wait until there is. `failed`: where it did not come up; avoided where that can be, too.
 */
export const routerNeed = async (world: World, router: Placed, failed?: string): Promise<Need> => {
  const size = await routerSize(world)
  const { kind, id } = scopeOf(router)
  const { rows } = await sql<{ host: string }>`
    select distinct held.host from router, unnest(array[router.host, router.target_host]) held(host)
    where ${sql.ref(`router.${kind}`)} = ${id} and router.id <> ${router.id} and held.host is not null`.execute(
    world.db,
  )
  const peers = rows.map(({ host }) => host)
  if (peers.length === 0) return size
  const leaves = failed ?? (router.moving ? (router.host ?? undefined) : undefined)
  const all = leaves === undefined ? peers : [...peers, leaves]
  if (await hasHosts(world.db, router.zone, { ...size, avoid: all })) return { ...size, avoid: all }
  return failed !== undefined && (await hasHosts(world.db, router.zone, { ...size, avoid: peers }))
    ? { ...size, avoid: peers }
    : size
}

/** The image that a router without one gets: that of the newest system template that is ready. */
export const systemImage = async (world: World): Promise<string> => {
  const template = await world.db
    .selectFrom('template')
    .select('image')
    .where('kind', '=', 'system')
    .where('isready', '=', true)
    .orderBy('created', 'desc')
    .executeTakeFirst()
  if (template) return template.image
  throw new SysvmError(
    'SYSVM_RESOURCE_STATE',
    'There is no system VM image that checks out (the log of the manager says why): run `sysvm image build`, then restart the manager.',
  )
}

/** What the host driver is asked for with these nics, boot parameters and their secret included. */
export const routerMachine = async (
  world: World,
  routerId: string,
  image: string,
  nics: readonly MachineNicRow[],
): Promise<MachineSpec> => {
  const row = await world.db
    .selectFrom('router')
    .select(['id', 'number', 'vpc', 'linklocal', 'host_key_private'])
    .where('id', '=', routerId)
    .executeTakeFirstOrThrow()
  const named = nics.map((nic) => ({ mac: nic.mac, device: `eth${nic.device}`, bridge: bridgeOfNic(nic).bridge }))
  const name = routerName(row.number)
  const { cpus, memoryMiB } = await routerSize(world)
  const hostKey = unseal(world.keys.sealKey, `router/${row.id}`, row.host_key_private)
  return {
    name,
    uuid: row.id,
    kind: 'system',
    image,
    cpus,
    memoryMiB,
    nics: named,
    boot: {
      name,
      role: 'router',
      control: `${row.linklocal}/16`,
      // A VPC's tiers come and go while it runs: only the control nic is always there. The spec names the others.
      nics: named.slice(0, row.vpc === null ? named.length : 1).map(({ mac, device }) => ({ mac, device })),
      authorizedKey: world.keys.sshPublic,
      ...(world.settings.operatorKey === undefined ? {} : { operatorKey: world.settings.operatorKey }),
      hostKey: Buffer.from(hostKey).toString('base64'),
      managerKey: world.keys.specPublic,
    },
  }
}
