import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SPEC_VERSION, type SpecEnvelope } from '@sysvm/agent/spec'
import { firewall } from '@sysvm/router/firewall/index'
import { nat } from '@sysvm/router/nat/index'
import { FirewallSpec, InterfacesSpec, NatSpec } from '@sysvm/router/spec'
import { compile, merge } from 'node-iptables'
import { createLab, type Lab, type Namespace, until } from '../lab/index.ts'
import { type Bench, percentile, round } from './bench.ts'

const COUNTS = [0, 1_000, 10_000, 100_000]
const SECONDS = 3
const ROUNDS = 5
export const PUBLIC = '203.0.113.5'
export const PORT = 443
export const SERVER = '10.0.0.2'

interface Path {
  readonly lab: Lab
  readonly client: Namespace
  readonly router: Namespace
}

/** Addresses that nobody asks for, each forwarded on many ports: the rule that is used comes behind all of them. */
const other = (index: number): { readonly address: string; readonly port: number; readonly guest: string } => ({
  address: `203.0.113.${6 + (index & 63)}`,
  port: 1024 + (index >> 6),
  guest: `10.${1 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`,
})

/** All that a router's rules say of forwarding: firewall and NAT as its services render them. */
const ours = (count: number): string => {
  const others = Array.from({ length: count }, (_, index) => other(index))
  const forwards = [
    ...others.map((one) => ({ ...one, guestPort: 80 })),
    { address: PUBLIC, port: PORT, guest: SERVER, guestPort: 80 },
  ]
  const open = Map.groupBy(forwards, ({ address }) => address)
  const publics = [PUBLIC, ...Array.from({ length: 64 }, (_, index) => `203.0.113.${6 + index}`)]
  const interfaces = InterfacesSpec.parse({
    interfaces: [
      { device: 'eth1', mac: '02:00:00:00:00:01', role: 'guest', addresses: ['10.0.0.1/8'] },
      {
        device: 'eth2',
        mac: '02:00:00:00:00:02',
        role: 'public',
        addresses: publics.map((address) => `${address}/24`),
      },
    ],
  })
  const services = {
    interfaces,
    firewall: FirewallSpec.parse({
      addresses: [...open].map(([address, list]) => ({
        address,
        rules: list.map(({ port }) => ({ action: 'allow', protocol: 'tcp', ports: [port, port] })),
      })),
    }),
    nat: NatSpec.parse({
      source: [{ network: '10.0.0.0/8', device: 'eth2', address: PUBLIC }],
      forwards: forwards.map((forward) => ({ ...forward, protocol: 'tcp' })),
    }),
  }
  const whole: SpecEnvelope = { version: SPEC_VERSION, generation: 1, name: 'bench', role: 'router', services }
  const rendered = [firewall.render(services.firewall, whole), nat.render(services.nat, whole)]
  return compile(merge(rendered.flatMap(({ ruleset }) => ruleset ?? [])))
}

const linear = (count: number): string => {
  const rule = (address: string, port: number, guest: string): string =>
    `-A PREROUTING -d ${address}/32 -p tcp -m tcp --dport ${port} -j DNAT --to-destination ${guest}:80\n`
  const others = Array.from({ length: count }, (_, index) => other(index))
  const lines = others.map(({ address, port, guest }) => rule(address, port, guest))
  return `*nat\n:PREROUTING ACCEPT [0:0]\n${lines.join('')}${rule(PUBLIC, PORT, SERVER)}COMMIT\n`
}

const haproxy = `defaults
  mode http
  timeout client 5s
frontend web
  bind ${SERVER}:80 backlog 16384
  maxconn 20000
  option httpclose
  http-request return status 200 content-type text/plain string ok
`

/** A client, a router and a server in a row, and nothing else between them. */
export const createPath = async (lab: Lab): Promise<Path> => {
  const [client, router, server] = [
    await lab.namespace('client'),
    await lab.namespace('router'),
    await lab.namespace('server'),
  ]
  await lab.link(
    { at: client, device: 'eth0', address: '203.0.113.200/24' },
    { at: router, device: 'eth2', address: `${PUBLIC}/24` },
  )
  await lab.link(
    { at: router, device: 'eth1', address: '10.0.0.1/8' },
    { at: server, device: 'eth0', address: `${SERVER}/8` },
  )
  await router.sysctl('net.ipv4.ip_forward', 1)
  await server.route('default', '10.0.0.1')
  await client.sysctl('net.ipv4.ip_local_port_range', '1024 65535')
  await client.sysctl('net.ipv4.tcp_tw_reuse', 1)
  for (const at of [client, server]) await at.sysctl('net.ipv4.tcp_fin_timeout', 1)
  // Entries of connections that ended must not fill the table, which all namespaces share.
  for (const state of ['time_wait', 'close_wait', 'last_ack', 'fin_wait'])
    await router.sysctl(`net.netfilter.nf_conntrack_tcp_timeout_${state}`, 1)
  const file = join(lab.directory, 'haproxy.cfg')
  await writeFile(file, haproxy)
  await server.spawn(['haproxy', '-db', '-f', file])
  await until('the server answers', () => reachable(server))
  return { lab, client, router }
}

const reachable = async (server: Namespace): Promise<boolean> =>
  (await server.exec(['ss', '-Hlnt', 'sport = :80'])).stdout !== ''

/** New connections per second, each with one small request. */
const measure = async ({ client }: Path, seconds = SECONDS): Promise<number> => {
  const wrk = ['wrk', '-t1', '-c64', `-d${seconds}s`, '-H', 'Connection: close'] as const
  const { stdout } = await client.exec([...wrk, `http://${PUBLIC}:${PORT}/`])
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1] ?? Number.NaN)
}

export type Load = (router: Namespace) => Promise<unknown>

/**
 * Median rates; the rulesets take turns, each turn begins with another one, and every one is warmed up, so that what
 * else the machine does, and what the kernel still frees of the ruleset before, meets all of them alike.
 */
export const inTurns = async (path: Path, loads: ReadonlyMap<string, Load>): Promise<ReadonlyMap<string, number>> => {
  const rates = new Map([...loads.keys()].map((name) => [name, [] as number[]]))
  const order = [...loads]
  for (let turn = 0; turn < ROUNDS; turn++)
    for (const [name, load] of [...order.slice(turn % order.length), ...order.slice(0, turn % order.length)]) {
      await path.router.nft('flush ruleset')
      await load(path.router)
      await measure(path, 1)
      rates.get(name)?.push(await measure(path))
    }
  return new Map([...rates].map(([name, samples]) => [name, percentile(samples, 0.5)]))
}

export const bench: Bench = {
  name: 'nat-connect',
  title: 'New connections through port forwarding and firewall, by the number of rules',
  run: async (print) => {
    await using lab = await createLab('bench-connect')
    const path = await createPath(lab)
    const maps = COUNTS.map((count): [string, Load] => {
      const text = ours(count)
      return [`ours ${count}`, (router) => router.nft(text)]
    })
    const lists = COUNTS.slice(1).map((count): [string, Load] => {
      const input = linear(count)
      return [`iptables ${count}`, (router) => router.exec(['iptables-nft-restore'], { input })]
    })
    const rates = await inTurns(path, new Map([...maps, ...lists]))
    const rate = (name: string): number => round(rates.get(name) ?? Number.NaN, 0)
    for (const count of COUNTS)
      print({
        rules: count,
        'ours /s': rate(`ours ${count}`),
        'iptables /s': count === 0 ? '' : rate(`iptables ${count}`),
      })
    const [none, most] = [rate('ours 0'), rate(`ours ${Math.max(...COUNTS)}`)]
    return {
      unit: 'new connections/s at 100,000 rules, beside none',
      ours: most,
      other: none,
      ratio: round(most / none, 3),
      detail: { ...Object.fromEntries(rates), connections: 64, secondsEach: SECONDS, turns: ROUNDS },
    }
  },
}
