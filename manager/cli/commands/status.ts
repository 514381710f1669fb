import { type Answer, listOf } from '../client.ts'
import type { Command } from '../command.ts'
import { columns } from '../table.ts'

/** What `sysvm status` shows: the list command, its list, and the fields worth a column. */
const kinds = [
  { title: 'zones', command: 'listZones', list: 'zone', fields: ['name', 'allocationstate', 'id'] },
  { title: 'hosts', command: 'listHosts', list: 'host', fields: ['name', 'state', 'hypervisor', 'id'] },
  { title: 'networks', command: 'listNetworks', list: 'network', fields: ['name', 'state', 'cidr', 'id'] },
  {
    title: 'routers',
    command: 'listRouters',
    list: 'router',
    fields: ['name', 'state', 'publicip', 'guestipaddress', 'linklocalip', 'id'],
  },
  {
    title: 'guests',
    command: 'listVirtualMachines',
    list: 'virtualmachine',
    fields: ['name', 'state', 'ipaddress', 'hostname', 'id'],
  },
] as const

/** The first nic's address stands in for a guest's own, which the API keeps under its nics. */
const withAddress = (item: Answer): Answer => ({ ipaddress: listOf(item, 'nic')[0]?.ipaddress, ...item })

export const status: Command = {
  name: 'status',
  summary: 'what the manager runs: zones, hosts, networks, routers, guests',
  usage: '',
  description: 'Asks the manager for everything it runs. Exits with 3 when no manager answers.',
  options: {},
  async run({ client, settings, json, print }) {
    const found = await Promise.all(
      kinds.map(async (kind) => ({
        ...kind,
        items: listOf(await client.call(kind.command), kind.list).map(withAddress),
      })),
    )
    if (json) return print(JSON.stringify(Object.fromEntries(found.map(({ title, items }) => [title, items]))))
    print(`manager at ${settings.api}`)
    for (const { title, fields, items } of found) {
      print(`\n${title}: ${items.length === 0 ? 'none' : ''}`.trimEnd())
      if (items.length === 0) continue
      print(
        columns(
          fields,
          items.map((item) => fields.map((field) => item[field])),
        ),
      )
    }
  },
}
