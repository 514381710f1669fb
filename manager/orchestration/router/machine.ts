import { SysvmError } from '@sysvm/errors'
import type { MachineSpec } from '../../hosts/driver.ts'
import { unseal } from '../keys/index.ts'
import { routerName, type World } from '../world.ts'
import { bridgeOfNic, type MachineNicRow } from './nics.ts'

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

export const routerNeed = async (world: World): Promise<{ readonly cpus: number; readonly memoryMiB: number }> => {
  const { cpunumber, memory } = await readOffering(world)
  return { cpus: cpunumber, memoryMiB: memory }
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
  const { cpus, memoryMiB } = await routerNeed(world)
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
