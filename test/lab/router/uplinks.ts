import type { RouterServices } from '@sysvm/router/spec'
import type { Namespace } from '../namespace.ts'
import { macs } from './spec.ts'
import type { Topology } from './topology.ts'

export const moreMacs = { uplink: '02:00:cb:00:71:05', tier: '02:00:0a:01:02:01' } as const

/** What surrounds a router with two uplinks and two guest networks. */
export interface Surroundings {
  /** 203.0.113.1, the gateway of the second uplink. */
  readonly second: Namespace
  /** 192.0.2.1, behind both gateways. */
  readonly internet: Namespace
  /** 10.1.2.10 on the second guest network. */
  readonly tier: Namespace
}

/**
 * Adds a second public interface (eth3), a second guest network (eth4), and an internet behind both gateways. Each
 * gateway forwards only what has an address of its own network, as a provider does.
 */
export const openSurroundings = async ({ lab, router, outside }: Topology): Promise<Surroundings> => {
  const [second, internet, tier] = await Promise.all(['second', 'internet', 'tier'].map((name) => lab.namespace(name)))
  if (second === undefined || internet === undefined || tier === undefined) throw new Error('lab')
  await lab.link(
    { at: router.netns, device: 'eth3', mac: moreMacs.uplink },
    { at: second, device: 'public', address: '203.0.113.1/24' },
  )
  await lab.link(
    { at: router.netns, device: 'eth4', mac: moreMacs.tier },
    { at: tier, device: 'eth0', address: '10.1.2.10/24' },
  )
  await tier.route('default', '10.1.2.1')
  const wire = async (gateway: Namespace, index: number, network: string): Promise<void> => {
    const [near, far] = [`172.16.${index}.1`, `172.16.${index}.2`]
    await lab.link(
      { at: internet, device: `to-${index}`, address: `${near}/30` },
      { at: gateway, device: 'core', address: `${far}/30` },
    )
    await internet.ip(['route', 'add', network, 'via', far, 'src', '192.0.2.1'])
    await gateway.route('192.0.2.0/24', near)
    if (index === 1) await gateway.route('203.0.113.0/24', near)
    await gateway.sysctl('net.ipv4.ip_forward', 1)
    await gateway.nft(`table ip provider { chain forward { type filter hook forward priority 0;
      iifname "public" ip saddr != ${network} drop; }; }`)
  }
  await internet.address('lo', '192.0.2.1/32')
  await internet.sysctl('net.ipv4.ip_forward', 1)
  await wire(outside, 1, '198.51.100.0/24')
  await wire(second, 2, '203.0.113.0/24')
  return { second, internet, tier }
}

/** Two uplinks, two guest networks with an address of their own uplink each. */
export const twoUplinks = {
  interfaces: {
    interfaces: [
      { device: 'eth0', mac: macs.control, role: 'control', addresses: ['169.254.1.2/16'] },
      { device: 'eth1', mac: macs.guest, role: 'guest', addresses: ['10.1.1.1/24'] },
      {
        device: 'eth2',
        mac: macs.public,
        role: 'public',
        addresses: ['198.51.100.5/24', '198.51.100.6/24', '198.51.100.7/24'],
        gateways: ['198.51.100.1'],
      },
      {
        device: 'eth3',
        mac: moreMacs.uplink,
        role: 'public',
        addresses: ['203.0.113.5/24', '203.0.113.6/24'],
        gateways: ['203.0.113.1'],
      },
      { device: 'eth4', mac: moreMacs.tier, role: 'guest', addresses: ['10.1.2.1/24'] },
    ],
    gateway: '198.51.100.1',
  },
  nat: {
    source: [
      { network: '10.1.1.0/24', device: 'eth2', address: '198.51.100.5' },
      { network: '10.1.2.0/24', device: 'eth3', address: '203.0.113.5' },
    ],
    static: [],
    forwards: [],
  },
} as const satisfies Pick<RouterServices, 'interfaces' | 'nat'>
