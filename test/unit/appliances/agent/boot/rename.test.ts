import { renameCommands } from '@sysvm/agent/boot/rename'
import { expect, it } from 'vitest'

const nics = [
  { mac: '02:00:00:00:00:01', device: 'eth0' },
  { mac: '02:00:00:00:00:02', device: 'eth1' },
]

it('names a stranger out of the way, and leaves one that is in nobody’s', () => {
  const links = [
    { ifname: 'eth0', address: '02:00:00:00:00:01' },
    { ifname: 'eth1', address: '02:00:00:00:00:09' },
    { ifname: 'eth2', address: '02:00:00:00:00:02' },
    { ifname: 'eth3', address: '02:00:00:00:00:08' },
  ]
  expect(renameCommands(links, nics)).toEqual([
    'link set dev eth2 down',
    'link set dev eth2 name sysvm-nic0',
    'link set dev eth1 down',
    'link set dev eth1 name sysvm-nic1',
    'link set dev sysvm-nic0 name eth1',
  ])
})

it('passes over a name that one who was named out of the way still has', () => {
  const links = [
    { ifname: 'sysvm-nic0', address: '02:00:00:00:00:09' },
    { ifname: 'eth5', address: '02:00:00:00:00:02' },
  ]
  expect(renameCommands(links, nics)).toEqual([
    'link set dev eth5 down',
    'link set dev eth5 name sysvm-nic1',
    'link set dev sysvm-nic1 name eth1',
  ])
})

it('leaves alone what is right, and what is not there', () => {
  expect(renameCommands([{ ifname: 'eth1', address: '02:00:00:00:00:02' }], nics)).toEqual([])
})
