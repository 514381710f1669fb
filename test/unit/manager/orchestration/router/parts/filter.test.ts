import type { RouterBase, RouterNetwork } from '@sysvm/manager/orchestration/router/base'
import { acl } from '@sysvm/manager/orchestration/router/parts/acl'
import { firewall } from '@sysvm/manager/orchestration/router/parts/firewall'
import { AclSpec, FirewallSpec } from '@sysvm/router/spec'
import { describe, expect, test } from 'vitest'

const network: RouterNetwork = {
  id: 'n1',
  name: 'n1',
  cidr: '10.1.1.0/24',
  gateway: '10.1.1.1',
  networkdomain: 'cs1.internal',
  revision: 1,
  device: 'eth1',
  acl: null,
  offering: {
    services: { Firewall: ['VirtualRouter'] },
    egressdefaultpolicy: true,
    networkmode: 'NATTED',
    routingmode: null,
    internetprotocol: 'IPv4',
    networkrate: null,
    capabilities: {},
  },
}
const withOffering = (more: Partial<RouterNetwork['offering']>): RouterNetwork => ({
  ...network,
  offering: { ...network.offering, ...more },
})
const base: RouterBase = {
  router: { id: 'r1', number: 1 },
  zone: { id: 'z1', name: 'z1', dns1: '192.0.2.53', dns2: null },
  vpc: undefined,
  pair: undefined,
  networks: [network],
  nics: [],
  guests: [],
  addresses: [
    {
      id: 'a1',
      address: '203.0.113.10',
      network: 'n1',
      isSourceNat: true,
      device: 'eth2',
      prefix: 24,
      gateway: '203.0.113.1',
      staticNat: null,
    },
  ],
  gateways: [],
  mtu: 1450,
}

type Rows = Parameters<typeof firewall.spec>[1]
type Row = Rows[number]
const row = (values: Partial<Row>): Row => ({
  id: 'f1',
  kind: 'Ingress',
  network: 'n1',
  public_ip: null,
  traffictype: 'Ingress',
  protocol: 'tcp',
  startport: null,
  endport: null,
  icmptype: null,
  icmpcode: null,
  cidrlist: ['0.0.0.0/0'],
  destcidrlist: [],
  related: null,
  revision: 1,
  created: new Date(0),
  ...values,
})

const specOf = (of: Partial<RouterBase>, ...rows: Rows) => FirewallSpec.parse(firewall.spec({ ...base, ...of }, rows))

describe('the firewall of an isolated network', () => {
  test('closes every address of it but for what rules let in', () => {
    const rows = [
      row({ public_ip: 'a1', startport: 80, endport: 81 }),
      row({ id: 'f2', public_ip: 'a1', protocol: 'icmp', icmptype: 8 }),
      row({ id: 'f3', public_ip: 'elsewhere' }),
    ]
    expect(specOf({}, ...rows).addresses).toEqual([
      {
        address: '203.0.113.10',
        rules: [
          { id: 'f1', action: 'allow', protocol: 'tcp', ports: [80, 81], sources: ['0.0.0.0/0'] },
          { id: 'f2', action: 'allow', protocol: 'icmp', icmp: { type: 8 }, sources: ['0.0.0.0/0'] },
        ],
      },
    ])
  })

  test('leaves addresses alone where the offering has none', () => {
    expect(specOf({ networks: [withOffering({ services: {} })] }).addresses).toEqual([])
  })

  test.each([
    [true, 'allow', 'deny'],
    [false, 'deny', 'allow'],
  ] as const)('with a policy of %s: %s, and rules %s', (egressdefaultpolicy, otherwise, action) => {
    const rule = row({ kind: 'Egress', traffictype: 'Egress', cidrlist: ['10.1.1.0/24'], destcidrlist: ['0.0.0.0/0'] })
    expect(specOf({ networks: [withOffering({ egressdefaultpolicy })] }, rule)).toMatchObject({
      egress: otherwise,
      networks: [
        {
          device: 'eth1',
          egress: {
            otherwise,
            rules: [{ id: 'f1', action, sources: ['10.1.1.0/24'], destinations: ['0.0.0.0/0'] }],
          },
        },
      ],
    })
  })

  test('takes in what is not translated in routed mode and in IPv6 only, and there what rules say', () => {
    expect(specOf({}).networks[0]?.ingress).toBeUndefined()
    const routed = withOffering({ networkmode: 'ROUTED' })
    expect(specOf({ networks: [routed] }, row({ kind: 'Routing' })).networks[0]?.ingress).toEqual({
      otherwise: 'deny',
      rules: [{ id: 'f1', action: 'allow', protocol: 'tcp', sources: ['0.0.0.0/0'] }],
    })
    const six = row({
      kind: 'Ipv6',
      protocol: 'icmp',
      icmptype: 128,
      cidrlist: ['2001:db8::/32'],
      destcidrlist: ['::/0'],
    })
    expect(
      specOf({ networks: [withOffering({ internetprotocol: 'DualStack' })] }, six).networks[0]?.ingress?.rules,
    ).toEqual([
      {
        id: 'f1',
        action: 'allow',
        protocol: 'icmpv6',
        icmp: { type: 128 },
        sources: ['2001:db8::/32'],
        destinations: ['::/0'],
      },
    ])
  })
})

describe('the ACLs of a VPC', () => {
  const vpc = {
    id: 'v1',
    name: 'v1',
    cidr: '10.0.0.0/8',
    networkdomain: 'x',
    revision: 1,
    offering: { services: {}, networkmode: 'NATTED', routingmode: null },
  } as const
  const gateway = {
    id: 'g1',
    device: 'eth4',
    address: '172.30.0.1',
    prefix: 24,
    gateway: '172.30.0.9',
    sourceNat: false,
  } as const
  type Item = Parameters<typeof acl.spec>[1][number]
  const item = (values: Partial<Item>): Item => ({
    id: 'i1',
    list: 'l1',
    number: 1,
    action: 'Allow',
    traffictype: 'Ingress',
    protocol: 'tcp',
    startport: null,
    endport: null,
    icmptype: null,
    icmpcode: null,
    cidrlist: ['0.0.0.0/0', '::/0'],
    reason: null,
    created: new Date(0),
    ...values,
  })
  const aclOf = (...items: readonly Item[]) =>
    AclSpec.parse(
      acl.spec(
        {
          ...base,
          vpc,
          networks: [{ ...network, acl: 'l1' }],
          gateways: [
            { ...gateway, acl: 'l1' },
            { ...gateway, device: 'eth5', acl: null },
          ],
        },
        items,
      ),
    ).devices

  test('of isolated networks there are none', () => {
    expect(acl.spec(base, [])).toBeUndefined()
  })

  test('an empty list lets nothing in and everything out; no list lets all pass', () => {
    const empty = { ingress: { otherwise: 'deny', rules: [] }, egress: { otherwise: 'allow', rules: [] } }
    expect(aclOf()).toEqual([
      { device: 'eth1', ...empty },
      { device: 'eth4', ...empty },
      { device: 'eth5', ingress: { otherwise: 'allow', rules: [] }, egress: { otherwise: 'allow', rules: [] } },
    ])
  })

  test('an item names sources of what comes in and destinations of what goes out, which then ends in a denial', () => {
    const [tier] = aclOf(
      item({ cidrlist: ['192.0.2.0/24'], protocol: '47', action: 'Deny' }),
      item({ id: 'i2', traffictype: 'Egress', cidrlist: ['198.51.100.0/24'], startport: 25, endport: 25 }),
      item({ id: 'i3', list: 'other' }),
    )
    expect(tier).toEqual({
      device: 'eth1',
      ingress: {
        otherwise: 'deny',
        rules: [{ id: 'i1', number: 1, action: 'deny', protocol: 47, sources: ['192.0.2.0/24'] }],
      },
      egress: {
        otherwise: 'deny',
        rules: [
          { id: 'i2', number: 1, action: 'allow', protocol: 'tcp', ports: [25, 25], destinations: ['198.51.100.0/24'] },
        ],
      },
    })
  })

  test('ICMP is another protocol in IPv6', () => {
    const [tier] = aclOf(item({ protocol: 'icmp' }))
    expect(tier?.ingress.rules).toEqual([
      { id: 'i1', number: 1, action: 'allow', protocol: 'icmp', sources: ['0.0.0.0/0'] },
      { id: 'i1', number: 1, action: 'allow', protocol: 'icmpv6', sources: ['::/0'] },
    ])
  })
})
