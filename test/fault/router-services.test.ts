import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CommitResult, Drift, Health, Status } from '@sysvm/agent/api'
import type { RouterServices } from '@sysvm/router/spec'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { issue } from '../lab/certificates.ts'
import { createLab, type Lab, type Namespace, until } from '../lab/index.ts'
import { controlAddress } from '../lab/machines.ts'
import { BRIDGES, type RealRouter, realSpec, startRealRouter } from '../lab/real-router.ts'
import { baseSpec } from '../lab/router/spec.ts'
import { holdFlows } from './router/flows.ts'

let lab: Lab
let router: RealRouter
let guest: Namespace
let outside: Namespace

const balanced = (more: Partial<NonNullable<RouterServices['loadbalancer']>> = {}) =>
  ({
    rules: [
      {
        id: 'lb1',
        device: 'eth1',
        address: '198.51.100.5',
        port: 8080,
        protocol: 'tcp',
        algorithm: 'roundrobin',
        members: [{ id: 'm1', address: '10.1.1.10', port: 80 }],
      },
    ],
    certificates: [],
    ...more,
  }) as unknown as RouterServices['loadbalancer']

const control = controlAddress(5)
const PASSWORD = 'Wo0den-Sp00n'

/** Every service that the router has daemons for. */
const spec = realSpec({
  ...(baseSpec as unknown as RouterServices),
  metadata: {
    listen: ['10.1.1.1'],
    instances: [
      { address: '10.1.1.10', data: {}, password: { id: '6b0f9b52-6a5e-4b37-9d0c-5a4f1f6d7e01', value: PASSWORD } },
    ],
  } as unknown as RouterServices['metadata'],
  netboot: { listen: ['10.1.1.1'], guests: [] },
  ipv6: {
    interfaces: [
      {
        device: 'eth1',
        addresses: ['2001:db8:1::1/64'],
        advertisement: { addressing: 'dhcp', nameservers: [], search: [], reservations: [] },
      },
    ],
  } as unknown as RouterServices['ipv6'],
  loadbalancer: balanced({
    statistics: {
      address: '10.1.1.1',
      port: 8081,
      user: 'admin',
      password: PASSWORD,
      allow: ['10.1.1.0/24'],
    },
  } as never),
  routing: {
    static: [],
    bgp: {
      asn: 65_001,
      routerId: '10.1.1.1',
      advertise: ['10.1.1.0/24'],
      peers: [{ address: '198.51.100.1', asn: 65_002, password: PASSWORD }],
    },
  } as unknown as RouterServices['routing'],
  vpn: {
    connections: [
      {
        id: 'branch',
        passive: true,
        local: { address: '198.51.100.5', subnets: ['10.1.1.0/24'] },
        remote: { gateway: '203.0.113.1', subnets: ['10.200.1.0/24'] },
        ike: { proposals: ['aes256-sha256-modp2048'] },
        esp: { proposals: ['aes256-sha256-modp2048'] },
        psk: PASSWORD,
      },
    ],
  },
} as RouterServices)

const status = () => router.ask<Status>('GET', '/v1/status')
const health = () => router.ask<Health>('GET', '/v1/health')
/** All but the session with a peer that is not there. */
const serves = async () =>
  Object.entries((await health()).services).every(([name, { healthy }]) => healthy || name === 'routing')

/** It serves what it served, wholly. */
const expectKept = async (confirmed: number | null): Promise<void> => {
  expect(await status()).toMatchObject({ confirmed, pending: null })
  expect(await router.ask<Drift>('GET', '/v1/drift')).toMatchObject({ differences: [] })
  expect(await serves()).toBe(true)
}

beforeAll(async () => {
  lab = await createLab('router-faults')
  router = await startRealRouter(lab)
  guest = await lab.namespace('guest')
  outside = await lab.namespace('outside')
  const { namespace } = router.host
  await lab.link(
    { at: guest, device: 'eth0', address: '10.1.1.10/24' },
    { at: namespace, device: 'to-guest', bridge: BRIDGES.guest },
  )
  await lab.link(
    { at: outside, device: 'eth0', address: '198.51.100.1/24' },
    { at: namespace, device: 'to-outside', bridge: BRIDGES.public },
  )
  await guest.route('default', '10.1.1.1')
  await router.commit(spec)
})
afterAll(() => lab?.[Symbol.asyncDispose]())

/** Local ends of sockets that wait for somebody, as `udp 10.1.1.1:53`. */
const listeners = async (): Promise<readonly string[]> => {
  const lines = (await router.insideNetwork('ss -H -lntu')).trim().split('\n')
  return [...new Set(lines.map((line) => line.split(/\s+/)).map(([kind, , , , local]) => `${kind} ${local}`))].sort()
}

test('nothing listens but what guests, peers and the manager use, each where they are', async () => {
  expect(await listeners()).toEqual([
    // bgpd: netfilter lets its peers in, and nobody else.
    'tcp 0.0.0.0:179',
    'tcp 10.1.1.1:53',
    'tcp 10.1.1.1:80',
    'tcp 10.1.1.1:8069',
    'tcp 10.1.1.1:8080',
    'tcp 10.1.1.1:8081',
    'tcp 169.254.169.254:80',
    'tcp 169.254.169.254:8080',
    `tcp ${control}:3922`,
    'tcp 198.51.100.5:8080',
    'tcp [::]:179',
    // charon: netfilter lets its peers in, and nobody else.
    'udp 0.0.0.0:4500',
    'udp 0.0.0.0:500',
    'udp 10.1.1.1:53',
    'udp 10.1.1.1:67',
    'udp 10.1.1.1:69',
    'udp 169.254.169.254:67',
    'udp [fe80::1]%eth1:547',
    'udp [fe80::aff:fe01:101]%eth1:547',
    'udp [ff02::1:2]%eth1:547',
  ])
})

/** TCP ports that answer at an address. */
const open = async (from: Namespace, address: string, ports: readonly number[]): Promise<readonly number[]> => {
  const knock = ports.map((port) => `(nc -z -w 3 ${address} ${port} && echo ${port}; :) &`).join('\n')
  const { stdout } = await from.exec(['sh', '-c', `${knock}\nwait`])
  return stdout
    .split('\n')
    .filter(Boolean)
    .map(Number)
    .sort((a, b) => a - b)
}

test('guests reach what is for guests, the outside what is for it, and neither the manager', async () => {
  const ports = [53, 80, 179, 2601, 2605, 3922, 8069, 8080, 8081]
  // The outside has the address of BGP's peer, though not its password, and knows the way to the addresses inside.
  for (const inside of ['10.1.1.1', control]) await outside.route(inside, '198.51.100.5')
  const knocks = [
    [guest, '10.1.1.1'],
    [guest, control],
    [outside, '198.51.100.5'],
    [outside, '10.1.1.1'],
    [outside, control],
  ] as const
  const answers = await Promise.all(knocks.map(([from, address]) => open(from, address, ports)))
  expect(answers).toEqual([[53, 80, 8069, 8080, 8081], [], [8080], [], []])
})

test('each daemon has its own state, and no other has it', async () => {
  // Started last, it would have what it makes its own.
  await router.inside('systemctl restart sysvm-netboot.service')
  const owners = await router.inside('stat -c "%n %U %a" /var/lib/sysvm/*/')
  expect(owners.trim().split('\n').sort()).toEqual([
    '/var/lib/sysvm/dhcp/ _kea 750',
    '/var/lib/sysvm/dns/ dnsmasq 755',
    '/var/lib/sysvm/generations/ root 700',
    '/var/lib/sysvm/metadata/ metadata 750',
  ])
  const header = 'DomU_Request: send_my_password'
  const ask = ['curl', '-sS', '--fail', '-m', '10', '-H', header, 'http://10.1.1.1:8080/'] as const
  expect((await guest.exec(ask)).stdout.trim()).toBe(PASSWORD)
})

test('secrets are in no answer, event, journal, command line or environment', async () => {
  const answers = [await health(), await status(), await router.ask('GET', '/v1/drift'), await router.events()]
  const seen = await router.inside('journalctl -o cat --no-pager; cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ')
  expect(JSON.stringify(answers) + seen).not.toContain(PASSWORD)
})

describe('a service that refuses', () => {
  test('its configuration, by its own checker', async () => {
    const { confirmed } = await status()
    const weak = await issue({
      subject: '/CN=www.example',
      key: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:512'],
    })
    const loadbalancer = balanced({
      rules: [
        {
          id: 'lb2',
          device: 'eth1',
          address: '198.51.100.5',
          port: 443,
          protocol: 'ssl',
          algorithm: 'roundrobin',
          members: [],
          certificates: ['weak'],
        },
      ] as never,
      certificates: [{ id: 'weak', chain: weak.certificate, key: weak.key }],
    })
    await expect(router.commit({ ...spec, loadbalancer } as RouterServices)).rejects.toMatchObject({
      code: 'SYSVM_CHECK_FAILED',
      details: { step: 'check', service: 'loadbalancer' },
    })
    await expectKept(confirmed)
    expect(await status()).toMatchObject({ lastFailure: { step: 'check', service: 'loadbalancer' } })
  })

  test('to serve, because somebody has its port', async () => {
    const { confirmed } = await status()
    const listen = `require('node:net').createServer().listen(9090, '198.51.100.5')`
    const thief = `setsid ${process.execPath} -e "${listen}" >/dev/null 2>&1 & echo $!`
    const pid = (await router.insideNetwork(thief)).trim()
    await until('it has the port', async () => (await router.insideNetwork('ss -Hltn sport = :9090')) !== '')
    try {
      const loadbalancer = balanced({
        rules: [{ ...(balanced()?.rules[0] as object), port: 9090 }] as never,
      })
      await expect(router.commit({ ...spec, loadbalancer } as RouterServices)).rejects.toMatchObject({
        details: { service: 'loadbalancer' },
      })
      await expectKept(confirmed)
    } finally {
      await router.insideNetwork(`kill ${pid} || :`)
    }
  })
})

test('a full disk fails the commit and leaves what serves', async () => {
  const { confirmed } = await status()
  await router.inside('mount -t tmpfs -o size=64k tmpfs /var/lib/sysvm; cat /dev/zero >/var/lib/sysvm/ballast || :')
  try {
    await expect(router.commit({ ...spec, firewall: { egress: 'deny' } })).rejects.toMatchObject({
      code: 'SYSVM_STORAGE_FULL',
    })
    await expectKept(confirmed)
  } finally {
    await router.inside('umount /var/lib/sysvm')
  }
  await router.commit(spec)
})

describe('a killed daemon is started again', () => {
  const units = [
    'sysvm-kea-dhcp4.service',
    'sysvm-dnsmasq@eth1.service',
    'sysvm-metadata.service',
    'sysvm-kea-dhcp6.service',
    'sysvm-radvd.service',
    'sysvm-netboot.service',
    'sysvm-haproxy.service',
    'sysvm-mgmtd.service',
    'sysvm-zebra.service',
    'sysvm-bgpd.service',
    // With the kernel's ESP or with its own.
    'sysvm-charon@*.service',
  ]

  test.each(units)('%s', async (unit) => {
    const pid = () => router.inside(`systemctl show -P MainPID '${unit}'`)
    const before = await pid()
    expect(Number(before)).toBeGreaterThan(1)
    await router.inside(`kill -KILL ${before}`)
    await until('it runs again', async () => {
      const now = await pid()
      return Number(now) > 1 && now !== before
    })
    await until('all is well', serves)
  })

  test('each is told, and the router is what its generation says', async () => {
    const told = async () => {
      const text = await router.events()
      return units.every((unit) => text.includes(`"unit":"${unit.replace(/\*.*/, '')}`))
    }
    await until('each is told', told, { timeoutMs: 30_000 })
    await expectKept((await status()).confirmed)
  })
})

test('a connection that a commit ends stays ended, whatever its server says', async () => {
  const forwards = [{ address: '198.51.100.5', protocol: 'tcp', port: 7000, guest: '10.1.1.10' } as const]
  const source = [...(spec.nat?.source ?? [])]
  await router.commit({ ...spec, nat: { source, static: [], forwards } })
  const listener = await guest.listen('10.1.1.10', 7000)
  const accepted = new Promise<Socket>((resolve) => listener.once('connection', resolve))
  const client = await outside.connect('198.51.100.5', 7000)
  const heard: string[] = []
  client.on('error', () => undefined).on('data', (data) => heard.push(String(data)))
  // What nobody has taken yet ends with its listener.
  const server = await accepted
  listener.close()
  server.on('error', () => undefined)
  server.write('before')
  await until('the client hears its server', () => heard.length === 1)
  await router.commit(spec)
  server.write('after')
  await sleep(800)
  expect(heard).toEqual(['before'])
  for (const socket of [client, server]) socket.destroy()
})

test('10,000 open connections outlive commits of every service, each of them', async () => {
  await using flows = await holdFlows({ client: guest, server: outside, address: '198.51.100.1', count: 10_000 })
  const changes: Partial<RouterServices>[] = [
    {
      firewall: {
        egress: 'allow',
        networks: [
          {
            device: 'eth1',
            egress: { rules: [{ action: 'deny', protocol: 'tcp', ports: [25, 25] }], otherwise: 'allow' },
          },
        ],
      },
    },
    {
      nat: {
        source: [...(spec.nat?.source ?? [])],
        static: [],
        forwards: [{ address: '198.51.100.5', protocol: 'tcp', port: 2222, guest: '10.1.1.10' }],
      },
    },
    { loadbalancer: undefined },
    { dns: undefined, metadata: undefined },
    {},
  ]
  const results: CommitResult[] = []
  for (const change of changes) {
    results.push(await router.commit({ ...spec, ...change } as RouterServices))
    expect(await flows.echoAll()).toBe(10_000)
  }
  expect(results.flatMap(({ actions }) => actions).length).toBeGreaterThan(4)
})
