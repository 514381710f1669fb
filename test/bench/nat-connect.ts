import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compile, type MapElement } from 'node-iptables'
import { createLab, type Lab, type Namespace, until } from '../lab/index.ts'
import { type Bench, percentile, round } from './bench.ts'

const COUNTS = [0, 1_000, 10_000, 100_000]
const LINEAR_COUNTS = [1_000, 10_000, 100_000]
const SECONDS = 3
const ROUNDS = 3
const PUBLIC = '203.0.113.5'
const PORT = 443
const SERVER = '10.0.0.2'

interface Path {
  readonly lab: Lab
  readonly client: Namespace
  readonly router: Namespace
}

/** Addresses that nobody asks for, each forwarded on many ports: the rule that is used comes behind all of them. */
const other = (index: number): { readonly address: string; readonly port: number; readonly guest: string } => ({
  address: `203.0.${114 + (index >> 15)}.${index & 127}`,
  port: 1024 + ((index >> 7) & 255),
  guest: `10.${1 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`,
})

const ours = (count: number): string => {
  const element = (address: string, port: number, guest: string): MapElement => [
    [address, 'tcp', port],
    [guest, 80],
  ]
  const others = Array.from({ length: count }, (_, index) => other(index))
  return compile({
    tables: [
      {
        family: 'ip',
        name: 'bench',
        maps: [
          {
            name: 'forwards',
            key: ['ipv4_addr', 'inet_proto', 'inet_service'],
            value: ['ipv4_addr', 'inet_service'],
            elements: [
              ...others.map(({ address, port, guest }) => element(address, port, guest)),
              element(PUBLIC, PORT, SERVER),
            ],
          },
        ],
        chains: [
          {
            name: 'prerouting',
            hook: { type: 'nat', at: 'prerouting', priority: 'dstnat' },
            rules: [
              {
                protocol: ['tcp', 'udp'],
                jump: { target: 'DNAT', to: { key: ['destination', 'protocol', 'destinationPort'], map: 'forwards' } },
              },
            ],
          },
        ],
      },
    ],
  })
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
const createPath = async (lab: Lab): Promise<Path> => {
  const [client, router, server] = [
    await lab.namespace('client'),
    await lab.namespace('router'),
    await lab.namespace('server'),
  ]
  await lab.link(
    { at: client, device: 'eth0', address: '203.0.113.200/24' },
    { at: router, device: 'out', address: `${PUBLIC}/24` },
  )
  await lab.link(
    { at: router, device: 'in', address: '10.0.0.1/24' },
    { at: server, device: 'eth0', address: `${SERVER}/24` },
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
const measure = async ({ client }: Path): Promise<number> => {
  const wrk = ['wrk', '-t1', '-c64', `-d${SECONDS}s`, '-H', 'Connection: close'] as const
  const rates: number[] = []
  for (let sample = 0; sample < ROUNDS; sample++) {
    const { stdout } = await client.exec([...wrk, `http://${PUBLIC}:${PORT}/`])
    rates.push(Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1] ?? Number.NaN))
  }
  return percentile(rates, 0.5)
}

export const bench: Bench = {
  name: 'nat-connect',
  title: 'New connections through port forwarding, by the number of rules',
  run: async (print) => {
    await using lab = await createLab('bench-connect')
    const path = await createPath(lab)
    await path.router.nft(ours(0))
    // The first connections of all find cold caches.
    await measure(path)
    const maps = new Map<number, number>()
    for (const count of COUNTS) {
      await path.router.nft(`flush ruleset\n${ours(count)}`)
      maps.set(count, await measure(path))
    }
    const lists = new Map<number, number>()
    for (const count of LINEAR_COUNTS) {
      await path.router.nft('flush ruleset')
      await path.router.exec(['iptables-nft-restore'], { input: linear(count) })
      lists.set(count, await measure(path))
    }
    await path.router.nft('flush ruleset')
    for (const [count, rate] of maps) {
      const list = lists.get(count)
      print({ rules: count, 'ours /s': round(rate, 0), 'iptables /s': list === undefined ? '' : round(list, 0) })
    }
    const none = maps.get(0) ?? Number.NaN
    const most = maps.get(100_000) ?? Number.NaN
    return {
      unit: 'new connections/s at 100,000 rules, beside none',
      ours: round(most, 0),
      other: round(none, 0),
      ratio: round(most / none, 3),
      detail: {
        maps: Object.fromEntries(maps),
        linear: Object.fromEntries(lists),
        connections: 64,
        secondsEach: SECONDS,
        rounds: ROUNDS,
      },
    }
  },
}
