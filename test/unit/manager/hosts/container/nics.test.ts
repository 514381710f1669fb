import { nicLines, replugLines } from '@sysvm/manager/hosts/container/nics'
import { expect, test } from 'vitest'

const control = { mac: '0e:00:a9:fe:00:02', bridge: 'cloud0', device: 'eth0' }
const tier = { mac: '02:00:00:00:00:01', bridge: 'brvx-5001', device: 'eth2' }
const machine = {
  name: 'r-4-VM',
  uuid: '6f0d1a52-6bb5-4d61-9d0c-4f9b29d9f1e7',
  kind: 'system',
  image: 'a'.repeat(64),
  cpus: 1,
  memoryMiB: 256,
  nics: [control],
} as const
const port = (ifname: string, ifalias: string, master: string) => ({
  ifname,
  ifalias,
  master,
  mtu: 1500,
  flags: ['UP'],
})
const controlPort = port('sv5eeecf44.0', control.mac, 'cloud0')

test('a nic is a veth pair with its name inside and a short one outside', () => {
  expect(nicLines(machine, 'sv-r-4-VM')).toEqual([
    'link add name sv5eeecf44.0 type veth peer name eth0 address 0e:00:a9:fe:00:02 netns sv-r-4-VM',
    'link set dev sv5eeecf44.0 master cloud0',
    'link set dev sv5eeecf44.0 up',
    'link set dev sv5eeecf44.0 alias 0e:00:a9:fe:00:02',
  ])
})

test('a machine that runs is given what it lacks and loses what it should not have', () => {
  const stranger = port('sv00000000.0', '', 'cloud0')
  const replug = (nics: (typeof tier)[], ...links: (typeof controlPort)[]) =>
    replugLines({ ...machine, nics }, [stranger, controlPort, ...links], 'sv-r-4-VM')
  const plug = nicLines({ ...machine, nics: [tier] }, 'sv-r-4-VM')
  expect(replug([control])).toEqual([])
  expect(replug([control, tier])).toEqual(plug)
  expect(replug([control], port('sv5eeecf44.2', tier.mac, tier.bridge))).toEqual(['link delete dev sv5eeecf44.2'])
  expect(replug([control, tier], port('sv5eeecf44.2', '02:00:00:00:00:09', tier.bridge))).toEqual([
    'link delete dev sv5eeecf44.2',
    ...plug,
  ])
  expect(replug([control, tier], port('sv5eeecf44.2', tier.mac, 'brvx-5002'))).toEqual([
    'link set dev sv5eeecf44.2 master brvx-5001',
  ])
})
