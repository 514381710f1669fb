import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Answer, type Client, listOf, type Parameters } from '@sysvm/manager/cli/client'
import {
  createLab,
  type EmulatedHost,
  type Lab,
  type LabDnsServer,
  type LabHttpServer,
  type Namespace,
  serveDns,
  serveHttp,
  until,
} from '../../lab/index.ts'
import { type ManagerProcess, startManager } from './manager.ts'

export type Driver = 'container' | 'kvm'

/** Addresses of the test cloud: RFC 5737 and RFC 1918. */
export const plan = {
  public: { gateway: '203.0.113.1', netmask: '255.255.255.0', start: '203.0.113.10', end: '203.0.113.19' },
  site: { name: 'www.sysvm.example', address: '198.51.100.10' },
  core: (host: number) => `192.0.2.${10 + host}`,
  publicBridge: 'cloudbr-public',
} as const

/** A whole cloud in namespaces: outside, hosts reached over SSH, a manager that is a process of its own. */
export interface Cloud extends AsyncDisposable {
  readonly lab: Lab
  readonly driver: Driver
  readonly client: Client
  readonly manager: ManagerProcess
  readonly hosts: readonly EmulatedHost[]
  readonly outside: Namespace
  readonly web: LabHttpServer
  readonly dns: LabDnsServer
  readonly zone: string
  readonly pod: string
  readonly cluster: string
  /** How long a machine may take to do something; machines under TCG are slow. */
  readonly patienceMs: number
  /** Calls a command, waits for its job, and gives what it made or changed. */
  run(command: string, params?: Parameters): Promise<Answer>
  /** The objects that a list command answers with. */
  list(command: string, object: string, params?: Parameters): Promise<readonly Answer[]>
  /** One more host on the core network, not added to the cloud. Without `trusts` it does not know the manager's key. */
  newHost(options?: { readonly trusts?: boolean }): Promise<EmulatedHost>
  network(name: string, gateway?: string, netmask?: string): Promise<Answer>
  /** Runs `script` as user data at its boot. */
  deploy(name: string, networkid: string, script?: string, more?: Parameters): Promise<Answer>
  guest(id: string): Promise<Answer>
  router(networkid: string): Promise<Answer>
  /** `sysvm-guest: key=value` lines of a machine's console, of a key said twice the newest. */
  facts(id: string): Promise<Readonly<Record<string, string>>>
  /** Waits for a fact on a guest's console. */
  fact(id: string, key: string): Promise<string>
}

const one = (answer: Answer, object: string): Answer => {
  const [first] = listOf(answer, object)
  if (first === undefined) throw new Error(`no ${object} in ${JSON.stringify(answer)}`)
  return first
}

const idOf = (item: Answer): string => String(item.id)

/** The object that a creating command answers with: `{"zone":{…}}`, or flat. */
const made = (answer: Answer, object: string): Answer => {
  const inner = answer[object]
  return typeof inner === 'object' && inner !== null ? (inner as Answer) : answer
}

const addZone = async (
  client: Client,
  driver: Driver,
  publicEnd: string,
): Promise<{ zone: string; pod: string; cluster: string }> => {
  const zone = idOf(
    made(
      await client.run('createZone', {
        name: 'test',
        networktype: 'Advanced',
        dns1: plan.public.gateway,
        internaldns1: plan.public.gateway,
      }),
      'zone',
    ),
  )
  await client.run('createPhysicalNetwork', {
    name: 'test',
    zoneid: zone,
    isolationmethods: 'VXLAN',
    vlan: '5000-5099',
  })
  const physicalnetworkid = idOf(one(await client.call('listPhysicalNetworks', { zoneid: zone }), 'physicalnetwork'))
  await client.run('addTrafficType', { physicalnetworkid, traffictype: 'Guest' })
  await client.run('addTrafficType', {
    physicalnetworkid,
    traffictype: 'Public',
    kvmnetworklabel: plan.publicBridge,
  })
  await client.run('updatePhysicalNetwork', { id: physicalnetworkid, state: 'Enabled' })
  const pod = idOf(
    made(
      await client.run('createPod', {
        name: 'test',
        zoneid: zone,
        gateway: '192.0.2.1',
        netmask: '255.255.255.0',
        startip: '192.0.2.100',
        endip: '192.0.2.199',
      }),
      'pod',
    ),
  )
  await client.run('createVlanIpRange', {
    zoneid: zone,
    physicalnetworkid,
    vlan: 'untagged',
    gateway: plan.public.gateway,
    netmask: plan.public.netmask,
    startip: plan.public.start,
    endip: publicEnd,
    forvirtualnetwork: true,
  })
  await client.run('addCluster', {
    zoneid: zone,
    podid: pod,
    clustername: 'test',
    clustertype: 'CloudManaged',
    hypervisor: driver === 'kvm' ? 'KVM' : 'Container',
  })
  const cluster = idOf(one(await client.call('listClusters', { zoneid: zone }), 'cluster'))
  await client.run('updateZone', { id: zone, allocationstate: 'Enabled' })
  return { zone, pod, cluster }
}

const buildHost = async (
  lab: Lab,
  index: number,
  driver: Driver,
  core: Namespace,
  outside: Namespace,
  managerKey: string,
): Promise<EmulatedHost> => {
  const name = `h${index}`
  const host = await lab.host(name, {
    core: { at: core, bridge: 'core0' },
    address: `${plan.core(index)}/24`,
    ssh: true,
    libvirt: driver === 'kvm',
  })
  await host.namespace.bridge(plan.publicBridge)
  await lab.link(
    { at: outside, device: name, bridge: 'public0' },
    { at: host.namespace, device: 'uplink', bridge: plan.publicBridge },
  )
  await appendFile(join(lab.directory, name, 'ssh/authorized_keys'), `${managerKey}\n`)
  return host
}

/** `await using cloud = await createCloud('router', { driver, hosts: 1 })`. Needs root and built images. */
export const createCloud = async (
  name: string,
  options: {
    readonly driver: Driver
    readonly hosts?: number
    readonly environment?: Readonly<Record<string, string>>
    /** Last address of the public range, which starts at plan.public.start. */
    readonly publicEnd?: string
  },
): Promise<Cloud> => {
  const { driver } = options
  const lab = await createLab(name)
  try {
    return await build(lab, driver, options.hosts ?? 1, options.environment ?? {}, options.publicEnd ?? plan.public.end)
  } catch (error) {
    await lab[Symbol.asyncDispose]()
    throw error
  }
}

/** All that a cloud stands on, before anybody has told its manager of a zone. */
export interface Ground {
  readonly lab: Lab
  /** Where the manager is, and clients that reach its port. */
  readonly management: Namespace
  readonly manager: ManagerProcess
  readonly outside: Namespace
  readonly web: LabHttpServer
  readonly dns: LabDnsServer
  /** One more host on the core network, not added to the cloud. Without `trusts` it does not know the manager's key. */
  newHost(options?: { readonly trusts?: boolean }): Promise<EmulatedHost>
}

export const makeGround = async (
  lab: Lab,
  driver: Driver,
  environment: Readonly<Record<string, string>> = {},
): Promise<Ground> => {
  const core = await lab.namespace('core')
  await core.bridge('core0', { mtu: 1600 })
  const outside = await lab.namespace('outside')
  await outside.bridge('public0', { address: `${plan.public.gateway}/24` })
  await outside.address('lo', `${plan.site.address}/32`)
  const web = await serveHttp(outside, { address: plan.site.address })
  lab.defer(() => web.close())
  const dns = await serveDns(outside, {
    address: plan.public.gateway,
    records: { [plan.site.name]: plan.site.address },
  })
  lab.defer(() => dns.close())

  const management = await lab.namespace('mgmt')
  await lab.link(
    { at: management, device: 'core0', address: '192.0.2.1/24', mtu: 1600 },
    { at: core, device: 'mgmt', bridge: 'core0', mtu: 1600 },
  )
  const manager = await startManager(lab, management, environment)
  const managerKey = (await readFile(join(manager.state, 'manager/keys/ssh_ed25519.pub'), 'utf8')).trim()
  let built = 0
  const newHost: Ground['newHost'] = ({ trusts = true } = {}) =>
    buildHost(lab, ++built, driver, core, outside, trusts ? managerKey : '')
  return { lab, management, manager, outside, web, dns, newHost }
}

const build = async (
  lab: Lab,
  driver: Driver,
  count: number,
  environment: Readonly<Record<string, string>>,
  publicEnd: string,
): Promise<Cloud> => {
  const { manager, outside, web, dns, newHost } = await makeGround(lab, driver, environment)
  const { client } = manager
  const { zone, pod, cluster } = await addZone(client, driver, publicEnd)
  const patienceMs = driver === 'kvm' ? 400_000 : 60_000

  const hosts: EmulatedHost[] = []
  while (hosts.length < count) {
    const host = await newHost()
    hosts.push(host)
    await client.run('addHost', {
      zoneid: zone,
      podid: pod,
      clusterid: cluster,
      hypervisor: driver === 'kvm' ? 'KVM' : 'Container',
      url: host.url,
      username: 'root',
    })
  }
  await until(
    'all hosts are Up',
    async () => {
      const found = listOf(await client.call('listHosts', { zoneid: zone }), 'host')
      if (found.length === count && found.every((host) => host.state === 'Up')) return true
      throw new Error(JSON.stringify(found))
    },
    { timeoutMs: 120_000, everyMs: 200 },
  )

  const facts: Cloud['facts'] = async (id) => {
    const log = String(made(await client.call('getConsoleLog', { id }), 'consolelog').log ?? '')
    return Object.fromEntries(
      [...log.matchAll(/sysvm-guest: ([a-z0-9-]+)=(.*?)\r?$/gm)].map((match) => [match[1], (match[2] ?? '').trim()]),
    )
  }
  const guest: Cloud['guest'] = async (id) => one(await client.call('listVirtualMachines', { id }), 'virtualmachine')
  return {
    lab,
    driver,
    client,
    manager,
    hosts,
    outside,
    web,
    dns,
    zone,
    pod,
    cluster,
    newHost,
    patienceMs,
    run: async (command, params = {}) => {
      const answer = await client.run(command, params, { timeoutMs: patienceMs })
      const [inner] = Object.values(answer)
      return typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? (inner as Answer) : answer
    },
    list: async (command, object, params = {}) => listOf(await client.call(command, params), object),
    facts,
    guest,
    network: async (name, gateway = '10.1.1.1', netmask = '255.255.255.0') => {
      const offering = listOf(await client.call('listNetworkOfferings', { state: 'Enabled' }), 'networkoffering').find(
        (item) => item.guestiptype === 'Isolated',
      )
      const answer = await client.run('createNetwork', {
        name,
        displaytext: name,
        zoneid: zone,
        networkofferingid: String(offering?.id),
        gateway,
        netmask,
      })
      return made(answer, 'network')
    },
    deploy: async (name, networkid, script, more = {}) => {
      const service = listOf(await client.call('listServiceOfferings'), 'serviceoffering').find(
        (item) => item.issystem !== true,
      )
      const template = one(await client.call('listTemplates', { templatefilter: 'executable' }), 'template')
      const answer = await client.run(
        'deployVirtualMachine',
        {
          zoneid: zone,
          serviceofferingid: String(service?.id),
          templateid: idOf(template),
          networkids: networkid,
          name,
          displayname: name,
          userdata: script === undefined ? undefined : Buffer.from(script).toString('base64'),
          ...more,
        },
        { timeoutMs: patienceMs },
      )
      return made(answer, 'virtualmachine')
    },
    router: async (networkid) => one(await client.call('listRouters', { networkid }), 'router'),
    fact: (id, key) =>
      until(
        `the guest says ${key}`,
        async () => {
          const found = await facts(id)
          const value = found[key]
          if (value === undefined) throw new Error(`it said ${JSON.stringify(found)}`)
          return value
        },
        { timeoutMs: patienceMs, everyMs: 200 },
      ),
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  }
}

export { idOf, one }
