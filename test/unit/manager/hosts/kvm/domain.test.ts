import { domainXml } from '@sysvm/manager/hosts/kvm/domain'
import { element, escapeXml, renderXml } from '@sysvm/manager/hosts/kvm/xml'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const machine = {
  name: 'r-4-VM',
  uuid: '6f0d1a52-6bb5-4d61-9d0c-4f9b29d9f1e7',
  kind: 'system',
  image: 'a'.repeat(64),
  cpus: 1,
  memoryMiB: 256,
  nics: [
    { mac: '0e:00:a9:fe:00:02', bridge: 'cloud0', device: 'eth0' },
    { mac: '02:00:00:00:00:01', bridge: 'brvx-5001', device: 'eth1' },
  ],
} as const
const files = {
  acceleration: 'tcg',
  architecture: 'amd64',
  disk: '/var/lib/sysvm/host/machines/r-4-VM/disk.qcow2',
  console: '/var/lib/sysvm/host/machines/r-4-VM/console.log',
  kernel: '/images/vmlinuz',
  initrd: '/images/initrd.img',
  kernelArguments: ['root=/dev/vda1', 'ro'],
  credential: '/var/lib/sysvm/host/machines/r-4-VM/boot.json',
} as const

test('a system VM without hardware acceleration', async () => {
  await expect(domainXml(machine, files)).toMatchFileSnapshot('./system-tcg.xml')
})

test('a guest that boots its own disk with hardware acceleration', async () => {
  const { credential: _, kernel: __, initrd: ___, ...disk } = files
  const guest = { ...machine, name: 'i-2-7-VM', kind: 'guest', cpus: 2, memoryMiB: 512 } as const
  await expect(domainXml(guest, { ...disk, acceleration: 'kvm' })).toMatchFileSnapshot('./guest-kvm.xml')
})

test('no value becomes markup', () => {
  const text = renderXml(element('a', { b: `'"<&>\n` }, '<c/>'))
  expect(text).toBe("<a b='&apos;&quot;&lt;&amp;&gt;&#10;'>&lt;c/&gt;</a>\n")
})

test('escaped text never holds a delimiter, and refuses what XML cannot carry', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(escapeXml(text).replace(/&(amp|lt|gt|quot|apos|#9|#10|#13);/g, '')).not.toMatch(/[&<>"']/)
    }),
  )
  for (const bad of ['\u0000', '\u001b', '\ud800', '\uffff']) expect(() => escapeXml(bad)).toThrow(RangeError)
})
