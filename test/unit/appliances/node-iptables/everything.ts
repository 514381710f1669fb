import type { Ruleset } from 'node-iptables'

/** A ruleset that uses every word the model has. */
export const everything: Ruleset = {
  tables: [
    {
      family: 'inet',
      name: 'filter',
      counters: ['dropped'],
      sets: [
        {
          name: 'guests',
          key: ['ifname', 'ipv4_addr'],
          interval: true,
          elements: [
            ['eth1', '10.1.1.0/24'],
            ['eth2', '10.0.0.5-10.0.0.9'],
          ],
        },
        { name: 'friends', key: ['ipv4_addr'], elements: ['192.0.2.1', '192.0.2.2'] },
        { name: 'friends6', key: ['ipv6_addr'], interval: true, elements: ['2001:db8::/64', '2001:DB8:0:1::1'] },
        {
          name: 'services',
          key: ['inet_proto', 'inet_service'],
          elements: [
            ['tcp', 80],
            [17, 53],
          ],
        },
        { name: 'macs', key: ['ether_addr'], elements: ['02:00:00:00:00:01'] },
      ],
      maps: [
        {
          name: 'verdicts',
          key: ['ipv4_addr'],
          value: 'verdict',
          elements: [
            ['10.1.1.7', 'DROP'],
            ['10.1.1.8', { target: 'JUMP', chain: 'logged' }],
            ['10.1.1.9', { target: 'GOTO', chain: 'logged' }],
          ],
        },
        { name: 'empty', key: ['mark'], value: 'verdict', elements: [] },
      ],
      chains: [
        { name: 'logged', rules: [{ log: 'dropped: ', counter: 'dropped', jump: 'DROP' }] },
        {
          name: 'input',
          hook: { type: 'filter', at: 'input', priority: 'filter', policy: 'drop' },
          rules: [
            { state: ['related', 'established'], counter: true, jump: 'ACCEPT' },
            { state: 'invalid', jump: 'DROP' },
            { in: 'lo', jump: 'ACCEPT' },
            { in: 'eth*', sourceMac: { notSet: 'macs' }, jump: 'RETURN' },
            { reversePath: 'missing', jump: 'DROP' },
            { reversePath: 'valid', destinationType: ['broadcast', 'local'], comment: 'a comment', jump: 'ACCEPT' },
            { sourceType: { not: ['unicast', 'local'] }, jump: 'DROP' },
            {
              icmpType: ['echo-request', 'time-exceeded'],
              limit: { rate: 10, per: 'second', burst: 20 },
              jump: 'ACCEPT',
            },
            { icmpv6Type: 'nd-neighbor-solicit', jump: 'ACCEPT' },
            { protocol: 'icmp', limit: { rate: 1, per: 'minute', over: true }, jump: 'DROP' },
            { protocol: 'tcp', sourcePort: '1024-65535', destinationPort: [443, 80, '8000-8080', 81], jump: 'ACCEPT' },
            { protocol: ['udp', 'tcp'], destinationPort: 53, source: '10.1.1.77/24', jump: 'ACCEPT' },
            { protocol: { not: ['tcp', 47, 'vrrp'] }, source: { not: ['10.0.0.0/25', '10.0.0.128/25'] }, jump: 'DROP' },
            { source: { set: 'friends' }, destination: '2.2.2.2-2.2.2.9', jump: { target: 'JUMP', chain: 'logged' } },
            { source: { set: 'friends6' }, destination: ['2001:db8::1', 'fe80::/10'], jump: 'ACCEPT' },
            { lookup: { key: ['in', 'source'], set: 'guests', not: true }, jump: { target: 'GOTO', chain: 'logged' } },
            {
              protocol: ['tcp', 'udp'],
              lookup: { key: ['protocol', 'destinationPort'], set: 'services' },
              jump: 'ACCEPT',
            },
            { jump: { target: 'LOOKUP', key: ['source'], map: 'verdicts' } },
            { protocol: 'tcp', jump: { target: 'REJECT', with: 'tcp-reset' } },
            { jump: 'REJECT' },
          ],
        },
        {
          name: 'forward',
          hook: { type: 'filter', at: 'forward', priority: 'filter', policy: 'accept' },
          rules: [
            { jump: { target: 'TCPMSS' } },
            { protocol: 'tcp', out: ['eth2', 'eth3'], jump: { target: 'TCPMSS' } },
            { in: 'eth1', jump: { target: 'TCPMSS', size: 1360 } },
            { in: { not: 'eth0' }, out: { not: ['eth0', 'eth1'] }, status: ['dnat', 'snat'], jump: 'ACCEPT' },
            { mark: [1, 2, 3, 9], connectionMark: { not: 7 }, jump: { target: 'MARK', value: 0x2000_0000 } },
            { policyIn: 'ipsec', policyOut: 'none', jump: 'ACCEPT' },
            { policyIn: 'none', policyOut: 'ipsec', out: 'eth2', jump: { target: 'TCPMSS' } },
            { jump: { target: 'CONNMARK', value: 3 } },
            { jump: 'SAVE_MARK' },
            { jump: 'RESTORE_MARK' },
            { jump: { target: 'REJECT', with: 'admin-prohibited' } },
          ],
        },
        {
          name: 'raw',
          hook: { type: 'filter', at: 'prerouting', priority: 'raw' },
          rules: [{ protocol: 'udp', destinationPort: 67, jump: 'NOTRACK' }],
        },
      ],
    },
    {
      family: 'ip',
      name: 'nat',
      maps: [
        {
          name: 'forwards',
          key: ['ipv4_addr', 'inet_proto', 'inet_service'],
          value: ['ipv4_addr', 'inet_service'],
          interval: true,
          elements: [
            [
              ['203.0.113.5', 'tcp', 80],
              ['10.1.1.2', 8080],
            ],
            [
              ['203.0.113.5', 'udp', '5000-5010'],
              ['10.1.1.3', 5000],
            ],
          ],
        },
        { name: 'static', key: ['ipv4_addr'], value: ['ipv4_addr'], elements: [['203.0.113.6', '10.1.1.4']] },
        {
          name: 'sources',
          key: ['ifname', 'ipv4_addr'],
          value: ['ipv4_addr'],
          interval: true,
          elements: [[['eth2', '10.1.1.0/24'], '203.0.113.5']],
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
            { jump: { target: 'DNAT', to: { key: ['destination'], map: 'static' } } },
            { protocol: 'tcp', destinationPort: 22, jump: { target: 'DNAT', to: { address: '10.1.1.9', port: 2222 } } },
            { protocol: 'udp', jump: { target: 'REDIRECT', port: 53 } },
            { jump: { target: 'DNAT', to: { address: '10.1.1.10' } } },
          ],
        },
        {
          name: 'postrouting',
          hook: { type: 'nat', at: 'postrouting', priority: 'srcnat' },
          rules: [
            { jump: { target: 'SNAT', to: { key: ['out', 'source'], map: 'sources' } } },
            { out: 'eth3', jump: { target: 'SNAT', to: { address: '203.0.113.9' } } },
            { out: 'eth4', jump: 'MASQUERADE' },
          ],
        },
        {
          name: 'refuse',
          rules: [{ jump: { target: 'REJECT', with: 'no-route' } }, { jump: 'REJECT' }],
        },
      ],
    },
    {
      family: 'ip6',
      name: 'six',
      chains: [
        {
          name: 'input',
          hook: { type: 'filter', at: 'input', priority: -7 },
          rules: [
            {
              source: '2001:0db8:0:0:1:0:0:1',
              destination: '::/0',
              jump: { target: 'REJECT', with: 'host-unreachable' },
            },
            { source: '::ffff:1.2.3.4', jump: 'REJECT' },
          ],
        },
      ],
    },
  ],
}
