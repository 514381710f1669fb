import { type Kysely, sql } from 'kysely'
import type { Database } from '../../model/database.ts'
import { CONTROL_BRIDGE, guestBridge, PRIVATE_BRIDGE, PUBLIC_BRIDGE } from '../world.ts'

/** A nic as its router's machine has it or is to have it. */
export interface MachineNicRow {
  readonly id: string
  readonly role: 'control' | 'guest' | 'public' | 'private' | 'link'
  readonly device: number
  readonly mac: string
  readonly network: string | null
  /** What its bridge is of, where the manager makes that: its network; of a link, its VPC. */
  readonly segment: string | null
  readonly vni: number | null
  readonly plugged: boolean
  readonly leaving: boolean
  /** Of the public and private side: the bridge of that traffic on the hosts. */
  readonly label: string | null
}

/** Bridges of the site are named by the labels of its physical networks: public ones, and for gateways the guests'. */
export const machineNics = async (db: Kysely<Database>, router: string): Promise<MachineNicRow[]> => {
  const { rows } = await sql<MachineNicRow>`
    select nic.id, nic.role, nic.device, nic.mac::text, nic.network, nic.plugged, nic.leaving,
           coalesce(nic.network, link.vpc) as segment, coalesce(network.vni, link.vni) as vni,
           traffic_type.kvmnetworklabel as label
    from nic
    join router on router.id = nic.router
    left join vpc_link link on nic.role = 'link' and link.vpc = router.vpc
    left join network on network.id = nic.network
    left join public_ip on public_ip.id = nic.public_ip
    left join vlan_range on vlan_range.id = public_ip.range
    left join private_gateway on private_gateway.id = nic.private_gateway
    left join traffic_type
      on traffic_type.physical_network = coalesce(vlan_range.physical_network, private_gateway.physical_network)
      and traffic_type.traffictype = case nic.role when 'public' then 'Public' else 'Guest' end
    where nic.router = ${router}
    order by nic.device`.execute(db)
  return rows
}

/** The bridge on the host that the nic is put on, and whether it is the site's: such a one is never removed. */
export const bridgeOfNic = ({
  role,
  vni,
  label,
}: MachineNicRow): { readonly bridge: string; readonly site: boolean } => {
  if (role === 'control') return { bridge: CONTROL_BRIDGE, site: false }
  if (role === 'guest' || role === 'link') return { bridge: guestBridge(vni ?? 0), site: false }
  return { bridge: label ?? (role === 'public' ? PUBLIC_BRIDGE : PRIVATE_BRIDGE), site: true }
}
