import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Call, startApiCloud } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { idOf, list, run, setUpZone } from './balanced.ts'
import { until } from './until.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
let cloud: Awaited<ReturnType<typeof startApiCloud>>
let call: Call
let zone: Awaited<ReturnType<typeof setUpZone>>
const HOST = 'local:?netns=removal-h1'
beforeAll(async () => {
  lab = await openTestCluster()
  cloud = await startApiCloud(lab.cluster, lab.folder)
  call = cloud.call
  zone = await setUpZone(call, HOST)
  const more = { gateway: '203.0.113.1', netmask: '255.255.255.0', startip: '203.0.113.20', endip: '203.0.113.39' }
  await run(call, 'createVlanIpRange', { zoneid: zone.zoneid, forvirtualnetwork: 'true', ...more }, 'vlan')
})
afterAll(async () => {
  await cloud?.[Symbol.asyncDispose]()
  await lab?.remove()
})

type Owner = Readonly<Record<string, string>>

/** A guest on a network, a reserved address, a key pair and a VPC of an owner. */
const furnish = async (owner: Owner, cidr: string): Promise<void> => {
  const named = { name: `n-${cidr}`, zoneid: zone.zoneid, networkofferingid: zone.isolated }
  const gateway = { gateway: `${cidr}.1`, netmask: '255.255.255.0' }
  const network = await run(call, 'createNetwork', { ...named, ...gateway, ...owner }, 'network')
  await run(call, 'deployVirtualMachine', { ...zone.guest, networkids: idOf(network), name: 'web', ...owner })
  await run(call, 'associateIpAddress', { networkid: idOf(network), ...owner })
  await run(call, 'createSSHKeyPair', { name: 'key', ...owner }, 'keypair')
  await run(call, 'createAffinityGroup', { name: 'apart', type: 'host anti-affinity', ...owner })
}

const person = (username: string) => ({
  ...{ username, firstname: 'A', lastname: 'B', email: 'a@example.net', password: 'correct horse' },
})

/** Rows that name an account or domain, by table. */
const rowsOf = async (ids: readonly string[]) => {
  const { rows } = await sql<{ table: string; column: string }>`
    select held.relname as table, attribute.attname as column from pg_constraint foreign_key
    join pg_class held on held.oid = foreign_key.conrelid
    join pg_attribute attribute on attribute.attrelid = held.oid and attribute.attnum = any(foreign_key.conkey)
    where foreign_key.contype = 'f' and foreign_key.confrelid in ('account'::regclass, 'domain'::regclass)
      and attribute.atttypid = 'uuid'::regtype`.execute(cloud.db)
  const found: string[] = []
  for (const { table, column } of rows) {
    const held = await sql`select from ${sql.table(table)} where ${sql.ref(column)} = any(${[...ids]}::uuid[])`.execute(
      cloud.db,
    )
    if (held.rows.length > 0) found.push(`${table}.${column}`)
  }
  return found
}

describe('an account', () => {
  it('goes with all it has, and leaves what others have', async () => {
    await furnish({}, '10.5.0')
    const account = idOf(await run(call, 'createAccount', person('sam'), 'account'))
    const domainid = String((await list(call, 'listAccounts', 'account', { id: account }))[0]?.domainid)
    const owner = { account: 'sam', domainid }
    await furnish(owner, '10.6.0')
    await run(call, 'createVPC', {
      ...owner,
      name: 'v',
      zoneid: zone.zoneid,
      cidr: '10.7.0.0/16',
      vpcofferingid: String((await list(call, 'listVPCOfferings', 'vpcoffering'))[0]?.id),
    })
    expect(cloud.simulator.machines(HOST)).toHaveLength(5)

    const removal = run(call, 'deleteAccount', { id: account })
    // While it goes nobody enters by it, nothing new comes to it, and it cannot come back.
    await until('it is shut', async () => {
      const [row] = await list(call, 'listAccounts', 'account', { id: account })
      return row?.iscleanuprequired === true && row.state === 'disabled' ? true : undefined
    })
    expect(await call('createSSHKeyPair', { name: 'late', ...owner })).toMatchObject({ status: 534 })
    expect(await call('enableAccount', { id: account })).toMatchObject({ status: 534 })
    expect(await removal).toEqual({ success: true })
    expect(await call('deleteAccount', { id: account })).toMatchObject({ status: 431 })
    expect(await rowsOf([account])).toEqual([])
    expect(await list(call, 'listVirtualMachines', 'virtualmachine', { listall: 'true' })).toMatchObject([
      { account: 'admin', state: 'Running' },
    ])
    expect(await list(call, 'listNetworks', 'network', { listall: 'true' })).toHaveLength(1)
    expect(await list(call, 'listPublicIpAddresses', 'publicipaddress', { listall: 'true' })).toHaveLength(2)
    expect(cloud.simulator.machines(HOST)).toHaveLength(2)
    expect(cloud.simulator.offences()).toEqual([])
  })
})

describe('a project', () => {
  it('has things that its members share, until it is deleted with them', async () => {
    const account = idOf(await run(call, 'createAccount', person('pam'), 'account'))
    const project = await run(call, 'createProject', { name: 'shop', account: 'pam' }, 'project')
    expect(project).toMatchObject({
      name: 'shop',
      displaytext: 'shop',
      state: 'Active',
      owner: [{ account: 'pam', accountid: account }],
    })
    const id = idOf(project)
    expect(await list(call, 'listProjects', 'project', { listall: 'true' })).toEqual([project])
    expect(await list(call, 'listProjects', 'project')).toEqual([])
    expect(await run(call, 'addAccountToProject', { projectid: id, account: 'admin' })).toEqual({ success: true })
    expect(await call('addAccountToProject', { projectid: id, account: 'admin' })).toMatchObject({ status: 431 })
    expect(await list(call, 'listProjects', 'project')).toEqual([project])
    expect(await call('deleteAccount', { id: account })).toMatchObject({ status: 536 })
    expect(await call('deleteAccountFromProject', { projectid: id, account: 'pam' })).toMatchObject({ status: 536 })
    expect(await run(call, 'deleteAccountFromProject', { projectid: id, account: 'admin' })).toEqual({ success: true })

    await furnish({ projectid: id }, '10.8.0')
    expect(await run(call, 'suspendProject', { id }, 'project')).toMatchObject({ state: 'Suspended' })
    expect(await call('createSSHKeyPair', { name: 'late', projectid: id })).toMatchObject({ status: 534 })
    await until('its guest is stopped', async () => {
      const [guest] = await list(call, 'listVirtualMachines', 'virtualmachine', { projectid: id })
      return guest?.state === 'Stopped' ? true : undefined
    })
    expect(await run(call, 'activateProject', { id }, 'project')).toMatchObject({ state: 'Active' })
    await run(call, 'createSSHKeyPair', { name: 'late', projectid: id }, 'keypair')
    expect(await call('deleteProject', { id })).toMatchObject({ status: 536 })
    expect(await run(call, 'deleteProject', { id, cleanup: 'true' })).toEqual({ success: true })
    expect(await call('listProjects', { id })).toMatchObject({ status: 431 })
    expect(await run(call, 'deleteAccount', { id: account })).toEqual({ success: true })
  })
})

describe('a domain', () => {
  it('goes with its accounts, the domains beneath it and all they have', async () => {
    const sales = idOf(await run(call, 'createDomain', { name: 'sales' }, 'domain'))
    const emea = idOf(await run(call, 'createDomain', { name: 'emea', parentdomainid: sales }, 'domain'))
    const owner = { account: 'eve', domainid: emea }
    const account = idOf(await run(call, 'createAccount', { ...person('eve'), domainid: emea }, 'account'))
    await run(call, 'createProject', { name: 'p', ...owner })
    await furnish(owner, '10.9.0')
    expect(await call('deleteDomain', { id: emea })).toMatchObject({ status: 536 })
    expect(await call('deleteDomain', { id: sales })).toMatchObject({ status: 536 })
    expect(await run(call, 'deleteDomain', { id: sales, cleanup: 'true' })).toEqual({ success: true })
    expect(await rowsOf([account, sales, emea])).toEqual([])
    expect(await list(call, 'listDomains', 'domain')).toMatchObject([{ path: 'ROOT' }])
    expect(await list(call, 'listAccounts', 'account', { listall: 'true' })).toMatchObject([{ name: 'admin' }])
    expect(await cloud.db.selectFrom('removal').selectAll().execute()).toEqual([])
    expect(cloud.simulator.offences()).toEqual([])
  })
})
