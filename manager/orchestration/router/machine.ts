import { SysvmError } from '@sysvm/errors'
import type { MachineSpec } from '../../hosts/driver.ts'
import { unseal } from '../keys/index.ts'
import { CONTROL_BRIDGE, guestBridge, PUBLIC_BRIDGE, routerName, type World } from '../world.ts'

export interface RouterMachine {
  readonly machine: MachineSpec
  /** Bridge of the zone's public traffic. */
  readonly publicBridge: string
}

/** The bridge of a traffic type on the hosts: its label, or sysvm's own name. */
const publicLabel = async (world: World, physicalNetwork: string): Promise<string> => {
  const row = await world.db
    .selectFrom('traffic_type')
    .select('kvmnetworklabel')
    .where('physical_network', '=', physicalNetwork)
    .where('traffictype', '=', 'Public')
    .executeTakeFirst()
  return row?.kvmnetworklabel ?? PUBLIC_BRIDGE
}

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

/** What the host driver is asked for, boot parameters and their secret included. */
export const routerMachine = async (world: World, routerId: string, image: string): Promise<RouterMachine> => {
  const row = await world.db
    .selectFrom('router')
    .innerJoin('network', 'network.id', 'router.network')
    .select(['router.id', 'router.number', 'router.linklocal', 'router.host_key_private'])
    .select(['network.vni', 'network.physical_network'])
    .where('router.id', '=', routerId)
    .executeTakeFirstOrThrow()
  const nics = await world.db
    .selectFrom('nic')
    .select(['role', 'device', 'mac'])
    .where('router', '=', routerId)
    .orderBy('device')
    .execute()
  const publicBridge = await publicLabel(world, row.physical_network)
  const bridges = { control: CONTROL_BRIDGE, guest: guestBridge(row.vni ?? 0), public: publicBridge }
  const named = nics.map((nic) => ({ mac: nic.mac ?? '', device: `eth${nic.device}`, bridge: bridges[nic.role] }))
  const name = routerName(row.number)
  const { cpus, memoryMiB } = await routerNeed(world)
  const hostKey = unseal(world.keys.sealKey, `router/${row.id}`, row.host_key_private)
  return {
    publicBridge,
    machine: {
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
        nics: named.map(({ mac, device }) => ({ mac, device })),
        authorizedKey: world.keys.sshPublic,
        ...(world.settings.operatorKey === undefined ? {} : { operatorKey: world.settings.operatorKey }),
        hostKey: Buffer.from(hostKey).toString('base64'),
        managerKey: world.keys.specPublic,
      },
    },
  }
}
