import type { BootParameters } from '@sysvm/agent/boot'
import { type Link, linkCommands, missingControl } from '@sysvm/agent/boot/links'
import { describe, expect, it } from 'vitest'

const boot = {
  control: '169.254.3.4/16',
  nics: [
    { mac: '02:00:00:00:00:01', device: 'eth0' },
    { mac: '02:00:00:00:00:02', device: 'eth1' },
  ],
} as unknown as BootParameters

const link = (ifname: string, mac: string, more: Partial<Link> = {}): Link => ({
  ifname,
  address: mac,
  flags: [],
  link_type: 'ether',
  ...more,
})
const loopback: Link = { ifname: 'lo', address: '00:00:00:00:00:00', flags: ['LOOPBACK'], link_type: 'loopback' }
const up = { flags: ['UP'] }

describe('linkCommands', () => {
  it('names nics by MAC and puts the control address on the first', () => {
    const links = [loopback, link('enp1s0', '02:00:00:00:00:02'), link('enp2s0', '02:00:00:00:00:01')]
    expect(linkCommands(links, boot)).toEqual([
      'link set dev enp2s0 down',
      'link set dev enp2s0 name sysvm-nic0',
      'link set dev enp1s0 down',
      'link set dev enp1s0 name sysvm-nic1',
      'link set dev sysvm-nic0 name eth0',
      'link set dev sysvm-nic1 name eth1',
      'link set dev lo up',
      'address add 169.254.3.4/16 dev eth0',
      'link set dev eth0 up',
    ])
  })

  it('lets two nics change places', () => {
    const links = [{ ...loopback, ...up }, link('eth1', '02:00:00:00:00:01', up), link('eth0', '02:00:00:00:00:02')]
    expect(linkCommands(links, boot)).toEqual([
      'link set dev eth1 down',
      'link set dev eth1 name sysvm-nic0',
      'link set dev eth0 down',
      'link set dev eth0 name sysvm-nic1',
      'link set dev sysvm-nic0 name eth0',
      'link set dev sysvm-nic1 name eth1',
      'address add 169.254.3.4/16 dev eth0',
      'link set dev eth0 up',
    ])
  })

  it('does nothing where all is right already', () => {
    const control = { ...up, addr_info: [{ local: '169.254.3.4', prefixlen: 16 }] }
    const links = [
      { ...loopback, ...up },
      link('eth0', '02:00:00:00:00:01', control),
      link('eth1', '02:00:00:00:00:02'),
    ]
    expect(linkCommands(links, boot)).toEqual([])
  })
})

it('only the control nic must be there, whatever the machine was booted with', () => {
  expect(missingControl([loopback, link('eth1', '02:00:00:00:00:01')], boot)).toBeUndefined()
  expect(missingControl([loopback, link('eth0', '02:00:00:00:00:02')], boot)).toBe('02:00:00:00:00:01')
})
