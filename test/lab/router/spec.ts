import type { RouterServices } from '@sysvm/router/spec'

export const macs = { control: '02:00:a9:fe:01:02', guest: '02:00:0a:01:01:01', public: '02:00:c6:33:64:05' } as const

/** The spec that the topology is for; tests change what they are about. */
export const baseSpec = {
  interfaces: {
    interfaces: [
      { device: 'eth0', mac: macs.control, role: 'control', addresses: ['169.254.1.2/16'] },
      { device: 'eth1', mac: macs.guest, role: 'guest', addresses: ['10.1.1.1/24'] },
      { device: 'eth2', mac: macs.public, role: 'public', addresses: ['198.51.100.5/24'] },
    ],
    gateway: '198.51.100.1',
  },
  firewall: { egress: 'allow' },
  nat: { source: [{ network: '10.1.1.0/24', device: 'eth2', address: '198.51.100.5' }], static: [], forwards: [] },
  dhcp: {
    leaseSeconds: 3600,
    subnets: [
      {
        device: 'eth1',
        network: '10.1.1.0/24',
        gateway: '10.1.1.1',
        nameservers: ['10.1.1.1'],
        domain: 'cs1.internal',
        reservations: [
          { mac: '02:00:00:00:00:01', address: '10.1.1.10', hostname: 'vm-1' },
          { mac: '02:00:00:00:00:02', address: '10.1.1.11', hostname: 'vm-2' },
        ],
      },
    ],
  },
  dns: {
    views: [
      {
        device: 'eth1',
        listen: ['10.1.1.1'],
        domain: 'cs1.internal',
        upstreams: ['198.51.100.1'],
        records: [
          { name: 'vm-1.cs1.internal', address: '10.1.1.10' },
          { name: 'vm-2.cs1.internal', address: '10.1.1.11' },
        ],
      },
    ],
  },
  metadata: {
    listen: ['10.1.1.1'],
    instances: [
      {
        address: '10.1.1.10',
        data: { 'instance-id': 'i-1', 'local-hostname': 'vm-1', 'public-keys/0/openssh-key': 'ssh-ed25519 AAAA one' },
        userData: Buffer.from('#!/bin/sh\necho one\n').toString('base64'),
      },
      { address: '10.1.1.11', data: { 'instance-id': 'i-2' } },
    ],
  },
} as const satisfies RouterServices
