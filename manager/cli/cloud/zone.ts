import type { Client } from '../client.ts'
import { plan } from '../demo/names.ts'
import { ensure, find, idOf } from './ensure.ts'

export interface ZoneIds {
  readonly zone: string
  readonly physicalNetwork: string
  readonly pod: string
}

const NAME = 'demo'
const named = (item: { readonly name?: unknown }): boolean => item.name === NAME

const ensureTrafficTypes = async (client: Client, physicalnetworkid: string): Promise<void> => {
  const labels = { Guest: undefined, Public: plan.publicBridge, Management: undefined }
  for (const [traffictype, kvmnetworklabel] of Object.entries(labels)) {
    await ensure(client, {
      list: 'listTrafficTypes',
      listParameters: { physicalnetworkid },
      object: 'traffictype',
      matches: (item) => item.traffictype === traffictype,
      create: 'addTrafficType',
      parameters: { physicalnetworkid, traffictype, kvmnetworklabel },
    })
  }
}

/** Zone, physical network, traffic types, pod and public range of the demo, each as it is or newly made. */
export const ensureZone = async (client: Client): Promise<ZoneIds> => {
  const zone = idOf(
    await ensure(client, {
      list: 'listZones',
      object: 'zone',
      matches: named,
      create: 'createZone',
      parameters: {
        name: NAME,
        networktype: 'Advanced',
        dns1: plan.public.gateway,
        internaldns1: plan.public.gateway,
        allocationstate: 'Disabled',
      },
    }),
  )
  const physical = {
    list: 'listPhysicalNetworks',
    listParameters: { zoneid: zone },
    object: 'physicalnetwork',
    matches: named,
  }
  const physicalNetwork = await ensure(client, {
    ...physical,
    create: 'createPhysicalNetwork',
    parameters: { name: NAME, zoneid: zone, isolationmethods: 'VXLAN', vlan: plan.vni },
  })
  const physicalnetworkid = idOf(physicalNetwork)
  await ensureTrafficTypes(client, physicalnetworkid)
  if (physicalNetwork.state !== 'Enabled') {
    await client.run('updatePhysicalNetwork', { id: physicalnetworkid, state: 'Enabled' })
  }
  const pod = await ensure(client, {
    list: 'listPods',
    listParameters: { zoneid: zone },
    object: 'pod',
    matches: named,
    create: 'createPod',
    parameters: {
      name: NAME,
      zoneid: zone,
      gateway: plan.pod.gateway,
      netmask: plan.pod.netmask,
      startip: plan.pod.start,
      endip: plan.pod.end,
    },
  })
  await ensure(client, {
    list: 'listVlanIpRanges',
    listParameters: { zoneid: zone },
    object: 'vlaniprange',
    matches: (item) => item.startip === plan.public.start,
    create: 'createVlanIpRange',
    parameters: {
      zoneid: zone,
      physicalnetworkid,
      vlan: 'untagged',
      gateway: plan.public.gateway,
      netmask: plan.public.netmask,
      startip: plan.public.start,
      endip: plan.public.end,
      forvirtualnetwork: true,
    },
  })
  return { zone, physicalNetwork: physicalnetworkid, pod: idOf(pod) }
}

/** Opens the zone for machines; nothing when it is open. */
export const enableZone = async (client: Client, id: string): Promise<void> => {
  const zone = await find(client, { list: 'listZones', object: 'zone', matches: (item) => item.id === id })
  if (zone?.allocationstate !== 'Enabled') await client.run('updateZone', { id, allocationstate: 'Enabled' })
}
