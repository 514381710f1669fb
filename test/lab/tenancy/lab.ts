import { randomBytes } from 'node:crypto'
import { type Caller, rootAdmin } from '@sysvm/manager/api/caller'
import { commands } from '@sysvm/manager/api/commands'
import { createJobs, openQueues } from '@sysvm/manager/jobs'
import { seal, unseal } from '@sysvm/manager/orchestration/keys/index'
import { seed } from '@sysvm/manager/orchestration/seed'
import { defaultSettings, type World } from '@sysvm/manager/orchestration/world'
import { sql } from 'kysely'
import { type Call, simulatedSeed } from '../../simulator/api.ts'
import { freshDatabase } from '../../simulator/cloud.ts'
import { openTestCluster } from '../../simulator/manager.ts'
import { contentAgent } from '../badinput/agent.ts'
import { digestOf } from '../badinput/rewind.ts'
import { makeRouters } from '../badinput/routers.ts'
import { serveInProcess } from '../badinput/serve.ts'
import { makeTopology } from '../badinput/topology.ts'
import { makeVpns } from '../badinput/vpns.ts'
import { make } from '../refusals.ts'
import { callerOf, makeAccount, makeDomain } from '../tenants.ts'
import { makeOwnThings } from './own.ts'

/** Whose account and domain parameters do not say who owns what is made. */
const PEOPLE = /Bgp|Account|(?<!Vpn)User$|Project|Domain|Role|Limit|Count|Vlan|Token/

export const takesOwner = new Set(
  commands
    .filter(({ name, params }) => 'account' in params && 'domainid' in params && !PEOPLE.test(name))
    .map(({ name }) => name),
)
const lists = new Set(commands.filter(({ params }) => 'listall' in params).map(({ name }) => name))

/** The administrator's calls that make everything for another account, and see everything. */
const onBehalf =
  (call: Call, account: string, domainid: string): Call =>
  (command, params = {}) => {
    if (lists.has(command)) return call(command, { listall: 'true', ...params })
    const owned = takesOwner.has(command) && params.account === undefined && params.projectid === undefined
    return call(command, owned ? { ...params, account, domainid } : params)
  }

/** A cloud in which Alice has a thing of each kind, and Bob, of a sibling domain, some of his own. */
export const openTenants = async () => {
  await using made = new AsyncDisposableStack()
  const cluster = await openTestCluster()
  made.defer(cluster.remove)
  const { url, db, drop } = await freshDatabase(cluster.cluster.url)
  made.defer(drop)
  await seed(db, simulatedSeed)
  const boss = await openQueues(url)
  made.defer(() => boss.stop({ graceful: false }))
  const sealKey = randomBytes(32)
  const jobs = createJobs(boss)
  const dependencies = {
    inspectHost: async () => ({ facts: { name: 'h', cpus: 4, memoryMiB: 4096 } }),
    control: contentAgent,
    routerSpec: async () => ({}),
    seal: (context: string, secret: string) => seal(sealKey, context, secret),
    unseal: (context: string, sealed: string) => unseal(sealKey, context, sealed),
    readConsole: async () => 'console',
  }
  const serve = (who: Caller) => serveInProcess({ db, jobs, dependencies }, who)
  const root = serve(rootAdmin)
  const [sales, research] = [await makeDomain(root.call, 'sales'), await makeDomain(root.call, 'research')]
  const accounts = {
    alice: await makeAccount(root.call, 'alice', sales),
    neighbour: await makeAccount(root.call, 'neighbour', sales),
    bob: await makeAccount(root.call, 'bob', research),
    chief: await makeAccount(root.call, 'chief', research, '2'),
  }
  const behalf = onBehalf(root.call, 'alice', sales)
  const topology = await makeTopology(behalf, db)
  const world = { db, jobs, keys: { sealKey }, settings: defaultSettings } as World
  const routers = await makeRouters(db, world, topology)
  const things = { ...topology, ...routers }
  const at = { ...things, ...(await makeVpns(behalf, db, things)) }
  const alice = serve(await callerOf(db, accounts.alice))
  const project = await make(alice.call, 'createProject', { name: 'secret', displaytext: 'secret' })
  await make(alice.call, 'registerUserData', { name: 'of the project', userdata: btoa('x'), projectid: project })
  await make(alice.call, 'updateVirtualMachine', { id: at.guest, group: 'web' })
  await sql`insert into traffic (kind, subject, network, guest, address, received_bytes, received_packets, sent_bytes,
      sent_packets)
    values ('Guest', ${at.nic}, ${at.network}, ${at.guest}, '10.5.0.2', 1, 1, 1, 1)`.execute(db)
  const tag = { 'tags[0].key': 'for', 'tags[0].value': 'sale' }
  await alice.call('createTags', { resourceids: at.vpc, resourcetype: 'Vpc', ...tag })
  // A job of her own.
  await make(alice.call, 'updateVPC', { id: at.vpc, name: 'v1' })
  const [bob, chief] = [serve(await callerOf(db, accounts.bob)), serve(await callerOf(db, accounts.chief))]
  const neighbour = serve(await callerOf(db, accounts.neighbour))
  for (const { call } of [bob, neighbour]) await makeOwnThings(call, at)
  const owned = made.move()
  return {
    ...{ db, root, alice, bob, chief, neighbour, accounts, domains: { sales, research }, project, at },
    digest: await digestOf(db),
    close: (): Promise<void> => owned.disposeAsync(),
  }
}

export type Tenants = Awaited<ReturnType<typeof openTenants>>
