import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RouterServices } from '@sysvm/router/spec'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Namespace, until } from './index.ts'
import { askForLease, fetchAnswer, fetchPage, useAddress } from './router/guest.ts'
import { baseSpec, openTopology, type Topology } from './router/topology.ts'
import { readByTftp } from './tftp-client.ts'

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

const loaderDigest = async (): Promise<string> =>
  (await topology.router.effects.run(['sha256sum', '/usr/lib/ipxe/undionly.kpxe'])).stdout.slice(0, 64)
const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

test.each<[string, Readonly<Record<string, string>>, (block: number) => boolean]>([
  ['the first block of all', { blksize: '1024' }, (block) => block === 1],
  ['one in the middle', { blksize: '1024' }, (block) => block === 20],
  ['the first block of a window', { blksize: '512', windowsize: '8' }, (block) => block === 17],
  ['one in the middle of a window', { blksize: '512', windowsize: '8' }, (block) => block === 20],
  ['every hundredth, without options', {}, (block) => block % 100 === 0],
])('a network that loses %s costs a moment, not the file', async (_, options, loses) => {
  const { bytes, datagrams } = await readByTftp(one, 'undionly.kpxe', { options, loses })
  expect(digest(bytes)).toBe(await loaderDigest())
  const blocks = Math.ceil(bytes.length / Number(options.blksize ?? 512))
  // A few are sent again; not all of them ever more.
  expect(datagrams).toBeLessThan(2 * blocks)
})

test('the last window, lost once in its middle, comes all the same', async () => {
  const options = { blksize: '512', windowsize: '16' }
  const whole = await readByTftp(one, 'undionly.kpxe', { options })
  const blocks = Math.floor(whole.bytes.length / 512) + 1
  const { bytes } = await readByTftp(one, 'undionly.kpxe', { options, loses: (block) => block === blocks - 1 })
  expect(digest(bytes)).toBe(digest(whole.bytes))
})

test('what is asked for in excess is granted within bounds, or not at all', async () => {
  const options = { blksize: '65464', windowsize: '65535', tsize: '0', timeout: '255', multicast: '', x: 'y' }
  const { bytes, longest } = await readByTftp(one, 'undionly.kpxe', { options })
  expect(digest(bytes)).toBe(await loaderDigest())
  // With its headers within the 1450 bytes of a network over VXLAN.
  expect(longest).toBeLessThanOrEqual(1450 - 20 - 8)
  for (const [option, value] of Object.entries({ blksize: '7', windowsize: '0', tsize: '1' }))
    expect(await readByTftp(one, 'boot.ipxe', { options: { [option]: value } })).toMatchObject({
      refusal: expect.stringMatching(/^8 /),
    })
  // More blocks than there are numbers for.
  expect(await readByTftp(one, 'ipxe-arm64.efi', { options: { blksize: '8' } })).toMatchObject({
    refusal: expect.stringMatching(/^8 /),
  })
})

test('who acknowledges without end is not sent the more for it', async () => {
  const options = { blksize: '512', windowsize: '16' }
  const { bytes, datagrams } = await readByTftp(one, 'undionly.kpxe', { options, repeats: 40 })
  expect(digest(bytes)).toBe(await loaderDigest())
  expect(datagrams).toBeLessThan(2 * Math.ceil(bytes.length / 512))
})

test('who has nothing to boot, and what is not in the table, gets nothing', async () => {
  expect(await tftp(three, 'boot.ipxe')).toContain('File not found')
  expect(await fetchAnswer(three, 'http://10.1.1.1:8069/boot.ipxe')).toMatchObject({ status: 404 })
  for (const name of ['../../../etc/passwd', '/etc/passwd', 'a/../../etc/shadow', '.', 'constructor', '__proto__'])
    expect(await tftp(one, name)).toMatch(/error|not found|denied|file/i)
  expect(await fetchAnswer(one, 'http://10.1.1.1:8069/../../etc/passwd')).toMatchObject({ status: 404 })
})

test('a guest that holds connections open keeps nobody from booting', async () => {
  const sockets = await Promise.all(Array.from({ length: 300 }, () => one.connect('10.1.1.1', 8069)))
  // Those that are one too many end without a word.
  for (const socket of sockets) socket.on('error', () => undefined)
  expect(await fetchPage(two, 'http://10.1.1.1:8069/boot.ipxe')).toBe(script)
  for (const socket of sockets) socket.destroy()
})

test('a guest that leaves its transfers half-way gets the next file all the same', async () => {
  const socket = await one.datagram('0.0.0.0', 0)
  let blocks = 0
  socket.on('message', () => {
    blocks += 1
  })
  const begin = (): void => socket.send('\0\x01undionly.kpxe\0octet\0', 69, '10.1.1.1')
  for (let begun = 0; begun < 4; begun++) begin()
  await until('all have begun', () => blocks >= 4)
  expect(String(await tftp(one, 'boot.ipxe'))).toBe(generated)
  socket.close()
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
