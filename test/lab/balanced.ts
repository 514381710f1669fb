import { expect } from 'vitest'
import type { Body, Call } from '../simulator/api.ts'
import { until } from './until.ts'

export const one = (body: Body, object: string): Body => {
  const value = body[object] ?? body
  return (Array.isArray(value) ? value[0] : value) as Body
}

export const idOf = (item: Body | undefined): string => String(item?.id)

/** Calls, waits for the job if there is one, and gives what was made; a refusal fails the test. */
export const run = async (
  call: Call,
  command: string,
  params: Readonly<Record<string, string>>,
  object = '',
): Promise<Body> => {
  const { status, body } = await call(command, params)
  expect({ command, status, body }).toMatchObject({ status: 200 })
  if (body.jobid === undefined) return one(body, object)
  const job = await until(`${command} ended`, async () => {
    const { body: answer } = await call('queryAsyncJobResult', { jobid: String(body.jobid) })
    return answer.jobstatus === 0 ? undefined : answer
  })
  expect({ command, job }).toMatchObject({ job: { jobstatus: 1 } })
  return one(job.jobresult as Body, object)
}

export const list = async (
  call: Call,
  command: string,
  object: string,
  params: Readonly<Record<string, string>> = {},
): Promise<readonly Body[]> => {
  const { status, body } = await call(command, params)
  expect({ command, status, body }).toMatchObject({ status: 200 })
  return (body[object] ?? []) as Body[]
}

/** A zone with one host on `url`, and what deployments name. */
export const setUpZone = async (call: Call, url: string) => {
  const dns = { dns1: '192.0.2.53', internaldns1: '192.0.2.53' }
  const zoneid = idOf(await run(call, 'createZone', { name: 'z1', networktype: 'Advanced', ...dns }, 'zone'))
  const physical = await call('createPhysicalNetwork', { zoneid, name: 'p1', vlan: '100-199' })
  const physicalnetworkid = idOf(physical.body)
  for (const traffictype of ['Guest', 'Public']) await call('addTrafficType', { physicalnetworkid, traffictype })
  await call('updatePhysicalNetwork', { id: physicalnetworkid, state: 'Enabled' })
  const podRange = { gateway: '192.0.2.1', netmask: '255.255.255.0', startip: '192.0.2.10' }
  const podid = idOf(await run(call, 'createPod', { zoneid, name: 'pod1', ...podRange }, 'pod'))
  const range = { gateway: '203.0.113.1', netmask: '255.255.255.0', startip: '203.0.113.10', endip: '203.0.113.13' }
  await run(call, 'createVlanIpRange', { zoneid, forvirtualnetwork: 'true', ...range }, 'vlan')
  const named = { clustername: 'c1', clustertype: 'CloudManaged', hypervisor: 'Container' }
  const clusterid = idOf(await run(call, 'addCluster', { zoneid, podid, ...named }, 'cluster'))
  await run(call, 'addHost', { zoneid, podid, clusterid, hypervisor: 'Container', url }, 'host')
  await run(call, 'updateZone', { id: zoneid, allocationstate: 'Enabled' }, 'zone')
  const offerings = await list(call, 'listNetworkOfferings', 'networkoffering')
  const offering = (name: string) => idOf(offerings.find((one) => one.name === name))
  const [size] = await list(call, 'listServiceOfferings', 'serviceoffering')
  const [template] = await list(call, 'listTemplates', 'template', { templatefilter: 'executable' })
  return {
    zoneid,
    isolated: offering('DefaultIsolatedNetworkOfferingWithSourceNatService'),
    tier: offering('DefaultIsolatedNetworkOfferingForVpcNetworks'),
    guest: { zoneid, serviceofferingid: idOf(size), templateid: idOf(template) },
  }
}
