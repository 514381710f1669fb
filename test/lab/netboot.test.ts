import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RouterServices } from '@sysvm/router/spec'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Namespace } from './index.ts'
import { askForLease, fetchAnswer, fetchPage, useAddress } from './router/guest.ts'
import { baseSpec, openTopology, type Topology } from './router/topology.ts'

const script = '#!ipxe\necho hello\nsleep 1\n'
const spec = {
  ...baseSpec,
  netboot: {
    listen: ['10.1.1.1'],
    guests: [
      {
        address: '10.1.1.10',
        mac: '02:00:00:00:00:01',
        linux: {
          kernel: 'http://198.51.100.1/vmlinuz',
          initrd: ['http://198.51.100.1/initrd.img'],
          arguments: 'console=ttyS0 root=/dev/vda',
        },
      },
      { address: '10.1.1.11', mac: '02:00:00:00:00:02', script },
    ],
  },
} satisfies RouterServices

const generated =
  '#!ipxe\nkernel http://198.51.100.1/vmlinuz initrd=initrd0 console=ttyS0 root=/dev/vda\n' +
  'initrd --name initrd0 http://198.51.100.1/initrd.img\nboot\n'

let topology: Topology
let one: Namespace
let two: Namespace
let three: Namespace
beforeAll(async () => {
  topology = await openTopology('netboot')
  await topology.router.commit(spec)
  one = await topology.guest('one', '02:00:00:00:00:01')
  two = await topology.guest('two', '02:00:00:00:00:02')
  three = await topology.guest('three', '02:00:00:00:00:03')
  await useAddress(one, '10.1.1.10/24')
  await useAddress(two, '10.1.1.11/24')
  await useAddress(three, '10.1.1.12/24')
})
afterAll(async () => {
  await topology?.[Symbol.asyncDispose]()
})

/** What a plain TFTP client is given for a name; its complaint where nothing is. */
const tftp = async (guest: Namespace, name: string, blksize = 512): Promise<Buffer | string> => {
  const file = join(topology.lab.directory, 'loaded')
  const words = ['busybox', 'tftp', '-g', '-b', String(blksize), '-l', file, '-r', name, '10.1.1.1'] as const
  return guest.exec(words, { timeoutMs: 8000 }).then(
    () => readFile(file),
    (error: Error) => error.message,
  )
}

test('each guest is handed its own script by TFTP and by HTTP', async () => {
  expect(String(await tftp(one, 'boot.ipxe'))).toBe(generated)
  expect(String(await tftp(two, '/boot.ipxe'))).toBe(script)
  expect(await fetchPage(one, 'http://10.1.1.1:8069/boot.ipxe')).toBe(generated)
  expect(await fetchPage(two, 'http://10.1.1.1:8069/boot.ipxe')).toBe(script)
  expect(String(await tftp(one, 'pxelinux.cfg/01-02-00-00-00-00-01'))).toContain(
    '  APPEND console=ttyS0 root=/dev/vda\n',
  )
  // Another guest's name is no key to it.
  expect(await tftp(two, 'pxelinux.cfg/01-02-00-00-00-00-01')).toContain('File not found')
})

test.each([512, 1468, 8192])('a loader comes whole with blocks of %i', async (blksize) => {
  const { stdout } = await topology.router.effects.run(['sha256sum', '/usr/lib/ipxe/undionly.kpxe'])
  const loaded = await tftp(one, 'undionly.kpxe', blksize)
  expect(createHash('sha256').update(loaded).digest('hex')).toBe(stdout.slice(0, 64))
})

test('who has nothing to boot, and what is not in the table, gets nothing', async () => {
  expect(await tftp(three, 'boot.ipxe')).toContain('File not found')
  expect(await fetchAnswer(three, 'http://10.1.1.1:8069/boot.ipxe')).toMatchObject({ status: 404 })
  for (const name of ['../../../etc/passwd', '/etc/passwd', 'a/../../etc/shadow', '.', 'constructor', '__proto__'])
    expect(await tftp(one, name)).toMatch(/error|not found|denied|file/i)
  expect(await fetchAnswer(one, 'http://10.1.1.1:8069/../../etc/passwd')).toMatchObject({ status: 404 })
})

test('nothing is written, and no datagram ends the process', async () => {
  const put = ['busybox', 'tftp', '-p', '-l', '/etc/hostname', '-r', 'boot.ipxe', '10.1.1.1'] as const
  await expect(one.exec(put, { timeoutMs: 8000 })).rejects.toThrow()
  expect(String(await tftp(one, 'boot.ipxe'))).toBe(generated)
  const main = await one.datagram('0.0.0.0', 0)
  const requests = [
    Buffer.alloc(0),
    Buffer.from([0]),
    Buffer.from('\0\x01boot.ipxe\0octet'),
    Buffer.from('\0\x01boot.ipxe\0octet\0blksize\x000\0'),
    Buffer.from('\0\x01boot.ipxe\0octet\0windowsize\x0099999999\0'),
    Buffer.from('\0\x02x\0octet\0'),
    Buffer.concat([Buffer.from('\0\x01'), Buffer.alloc(700, 97)]),
  ]
  for (const request of requests) main.send(request, 69, '10.1.1.1')
  // A transfer of ours, answered with rubbish at its own port.
  const answered = new Promise<number>((resolve) =>
    main.on('message', (message, from) => {
      for (const bad of [Buffer.alloc(0), Buffer.from([0]), Buffer.from([0, 4]), Buffer.from([0, 4, 0xff, 0xff])])
        for (let repeat = 0; repeat < 3; repeat++) main.send(bad, from.port, '10.1.1.1')
      for (let repeat = 0; repeat < 3; repeat++) main.send(Buffer.from([0, 4, 0, 1]), from.port, '10.1.1.1')
      if (message.readUInt16BE(0) === 3) resolve(from.port)
    }),
  )
  main.send(Buffer.from('\0\x01undionly.kpxe\0octet\0'), 69, '10.1.1.1')
  expect(await answered).toBeGreaterThan(1023)
  main.close()
  expect(String(await tftp(one, 'boot.ipxe'))).toBe(generated)
  expect(topology.router.units.asked.filter((line) => line.includes('netboot'))).toEqual([
    'start sysvm-netboot.service',
  ])
  expect(await topology.router.effects.unitActive('sysvm-netboot.service')).toBe(true)
})

test.each([
  ['a BIOS', ['0x5d:0000'], 'undionly.kpxe'],
  ['an EFI', ['0x5d:0007'], 'snponly.efi'],
  ['an EFI of arm64', ['0x5d:000b'], 'ipxe-arm64.efi'],
  ['an EFI that boots by HTTP', ['0x5d:0010'], 'http://10.1.1.1:8069/snponly.efi'],
  ['iPXE', ['0x5d:0000', '0x4d:69505845'], 'http://10.1.1.1:8069/boot.ipxe'],
])('DHCP sends %s to what it can run', async (_, words, file) => {
  const lease = await askForLease(topology.lab, one, 4, ['bootfile', 'tftp'], words)
  expect(lease).toMatchObject({ ip: '10.1.1.10', siaddr: '10.1.1.1', boot_file: file })
})

test('a guest that boots from its disk is told nothing of booting', async () => {
  const { router, lab } = topology
  await router.commit({ ...spec, netboot: { ...spec.netboot, guests: spec.netboot.guests.slice(1) } })
  const lease = await askForLease(lab, one, 4, ['bootfile'], ['0x5d:0000'])
  expect(lease).toMatchObject({ ip: '10.1.1.10' })
  expect(lease).not.toHaveProperty('boot_file')
  expect(await tftp(one, 'boot.ipxe')).toContain('File not found')
  expect(router.units.asked.filter((line) => line.includes('netboot')).at(-1)).toBe('reload sysvm-netboot.service')
})
