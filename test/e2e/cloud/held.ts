import { type Answer, listOf } from '@sysvm/manager/cli/client'
import { openHost } from '@sysvm/manager/hosts'
import type { EmulatedHost } from '../../lab/index.ts'
import { type Cloud, idOf } from './index.ts'

/** What the manager keeps on one host. The control bridge and images stay for the next machine and are left out. */
export interface Held {
  /** Name and id of each machine that the driver lists, with whether it runs. */
  readonly machines: readonly string[]
  readonly folders: readonly string[]
  readonly namespaces: readonly string[]
  readonly bridges: readonly string[]
  /** Host ends of the machines' nics. */
  readonly ports: number
  /** One per machine: nspawn or QEMU. */
  readonly processes: number
}

interface Link {
  readonly ifname: string
  readonly linkinfo?: { readonly info_kind?: string }
}

const SUPERVISOR = { container: /^systemd-nspawn /, kvm: /^\S*qemu-system-\S+ / } as const

const words = (text: string): string[] => text.split('\n').filter((line) => line !== '')

export const heldBy = async (cloud: Cloud, host: EmulatedHost): Promise<Held> => {
  const ls = async (folder: string): Promise<string[]> =>
    words((await host.connection.run(['find', folder, '-mindepth', '1', '-maxdepth', '1', '-printf', '%f\\n'])).stdout)
  const driver = openHost(host.url, { driver: cloud.driver, ...host.options(host.namespace) })
  try {
    const { stdout } = await host.connection.run(['ip', '-json', '-details', 'link', 'show'])
    const links = JSON.parse(stdout) as Link[]
    const args = await host.connection.run(['ps', 'axo', 'args'])
    return {
      machines: (await driver.listMachines()).map(({ name, uuid, state }) => `${name} ${uuid} ${state}`).sort(),
      folders: (await ls('/var/lib/sysvm/host/machines')).sort(),
      namespaces: (await ls('/run/netns')).sort(),
      bridges: links
        .filter(({ ifname, linkinfo }) => linkinfo?.info_kind === 'bridge' && ifname.startsWith('brvx-'))
        .map(({ ifname }) => ifname)
        .sort(),
      ports: links.filter(({ ifname }) => /^sv[0-9a-f]{8}\.\d+$/.test(ifname)).length,
      processes: words(args.stdout).filter((line) => SUPERVISOR[cloud.driver].test(line)).length,
    }
  } finally {
    await driver.close()
  }
}

/** Exactly what should be on the host, as the API has it. */
export const wantedOn = async (cloud: Cloud, host: EmulatedHost): Promise<Held> => {
  const list = async (command: string, object: string) => listOf(await cloud.client.call(command), object)
  const row = (await list('listHosts', 'host')).find(({ ipaddress }) => ipaddress === host.address)
  const here = (machine: Answer): boolean => machine.hostid !== undefined && machine.hostid === row?.id
  const guests = (await list('listVirtualMachines', 'virtualmachine')).filter(here)
  const routers = (await list('listRouters', 'router')).filter(here)
  const networks = new Set([
    ...guests.flatMap((guest) => (guest.nic as Answer[]).map(({ networkid }) => networkid)),
    ...routers.flatMap((router) => (router.nic as Answer[]).map(({ networkid }) => networkid)),
  ])
  const machines = [
    ...guests.map((guest) => ({ name: String(guest.instancename), id: idOf(guest) })),
    ...routers.map((router) => ({ name: String(router.name), id: idOf(router) })),
  ]
  const names = machines.map(({ name }) => name).sort()
  return {
    machines: machines.map(({ name, id }) => `${name} ${id} running`).sort(),
    folders: names,
    namespaces: cloud.driver === 'container' ? names.map((name) => `sv-${name}`) : [],
    bridges: (await list('listNetworks', 'network'))
      .filter(({ id }) => networks.has(id))
      .map(({ vlan }) => `brvx-${vlan}`)
      .sort(),
    ports: [...guests, ...routers].reduce((sum, machine) => sum + (machine.nic as Answer[]).length, 0),
    processes: machines.length,
  }
}
