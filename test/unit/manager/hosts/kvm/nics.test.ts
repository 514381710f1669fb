import { nicXml } from '@sysvm/manager/hosts/kvm/domain'
import { parseNics, planNics } from '@sysvm/manager/hosts/kvm/nics'
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
  nics: [control, tier],
} as const

const domiflist = ` sv5eeecf44.0   bridge   cloud0      virtio   0e:00:a9:fe:00:02
 sv5eeecf44.2   bridge   brvx-5002   virtio   02:00:00:00:00:01
 sv5eeecf44.3   bridge   brvx-5003   virtio   02:00:00:00:00:02
`

test('what libvirt lists is compared by port and MAC address', () => {
  const live = parseNics(domiflist)
  expect(live).toHaveLength(3)
  expect(planNics(machine, live)).toEqual({ gone: [live[2]], added: [], moved: [tier] })
  expect(planNics(machine, live.slice(0, 1))).toEqual({ gone: [], added: [tier], moved: [] })
  expect(parseNics('\n')).toEqual([])
})

test('a nic to be plugged in is described as one to boot with', () => {
  expect(nicXml(machine.name, tier)).toBe(`<interface type='bridge'>
  <mac address='02:00:00:00:00:01'/>
  <source bridge='brvx-5001'/>
  <target dev='sv5eeecf44.2'/>
  <model type='virtio'/>
  <rom enabled='no'/>
</interface>
`)
})
