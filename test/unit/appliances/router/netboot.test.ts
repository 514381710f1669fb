import { netbootClasses } from '@sysvm/router/dhcp/netboot'
import { answerTo } from '@sysvm/router/netboot/answer'
import { netboot } from '@sysvm/router/netboot/index'
import { ipxeScript, pxelinuxConfig } from '@sysvm/router/netboot/script'
import { type NetbootGuest, NetbootSpec } from '@sysvm/router/netboot/spec'
import { describe, expect, test } from 'vitest'
import { baseSpec, golden, wholeOf } from './whole.ts'

const linux = {
  kernel: 'http://198.51.100.1/vmlinuz',
  initrd: ['http://198.51.100.1/a.img', 'tftp://198.51.100.1/b.img'],
  arguments: 'console=ttyS0 ip=dhcp',
}
const guest: NetbootGuest = { address: '10.1.1.10', mac: '02:00:00:00:00:01', linux }
const spec = { listen: ['10.1.1.1'], guests: [guest] }

test('scripts are rendered to the letter', () => {
  expect(ipxeScript(guest)).toBe(golden('boot.ipxe'))
  expect(pxelinuxConfig(guest)).toBe(golden('pxelinux.cfg'))
  const own = { address: '10.1.1.11', mac: '02:00:00:00:00:02', script: '#!ipxe\nshell\n' }
  expect(ipxeScript(own)).toBe('#!ipxe\nshell\n')
  expect(pxelinuxConfig(own)).toBeUndefined()
})

describe('an answer', () => {
  const loaders = new Map([['undionly.kpxe', Buffer.from('loader')]])
  const ask = (name: string, client = '10.1.1.10') => answerTo({ '10.1.1.10': guest }, loaders, client, name)

  test.each([
    'undionly.kpxe',
    '/undionly.kpxe',
    'boot.ipxe',
    'pxelinux.cfg/01-02-00-00-00-00-01',
    'pxelinux.cfg/default',
  ])('for %s there is', (name) => {
    expect(ask(name)?.length).toBeGreaterThan(0)
  })

  test.each([
    ...['', '/', '.', '..', '../boot.ipxe', '//boot.ipxe', 'BOOT.IPXE', 'boot.ipxe\0', 'boot.ipxe?x'],
    ...['/etc/passwd', '__proto__', 'constructor', 'pxelinux.cfg/01-02-00-00-00-00-02', 'snponly.efi'],
  ])('for %j there is not', (name) => {
    expect(ask(name)).toBeUndefined()
  })

  test.each(['10.1.1.11', '', '__proto__', 'constructor'])('for a stranger %j there is not', (client) => {
    expect(ask('boot.ipxe', client)).toBeUndefined()
  })
})

describe('refuses', () => {
  test.each([
    [{ linux: { kernel: 'http://x/a b' } }],
    [{ linux: { kernel: 'http://x/a\nsanboot y' } }],
    [{ linux: { kernel: 'file:///etc/shadow' } }],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what iPXE would expand
    [{ linux: { ...linux, arguments: 'a=${password}' } }],
    [{ linux: { ...linux, arguments: 'a && shell' } }],
    [{ linux: { ...linux, arguments: 'a\nshell' } }],
    [{ linux: { ...linux, initrd: ['http://x/"'] } }],
    [{ script: 'shell\n' }],
    [{ script: '#!ipxe\n\u0000' }],
    [{ linux, script: '#!ipxe\n' }],
    [{}],
  ])('%j', (change) => {
    const { linux: _, ...bare } = guest
    expect(NetbootSpec.safeParse({ listen: ['10.1.1.1'], guests: [{ ...bare, ...change }] }).success).toBe(false)
  })

  test.each([
    [{ ...spec, listen: ['10.1.1.9'] }, 'no guest interface has this address'],
    [{ ...spec, guests: [guest, guest] }, 'Two guests boot as 10.1.1.10'],
    [{ ...spec, guests: [{ ...guest, address: '10.9.1.1' }] }, 'is on no guest network'],
  ])('%j across the document', (wrong, words) => {
    expect(() => netboot.validate?.(wrong, wholeOf(baseSpec))).toThrow(words)
  })
})

test('without guests that boot, DHCP knows no classes', () => {
  const subnet = baseSpec.dhcp.subnets[0] as never
  expect(netbootClasses(undefined, [[subnet, 1]])).toEqual([])
  expect(netbootClasses({ listen: ['10.1.1.1'], guests: [] }, [[subnet, 1]])).toEqual([])
  expect(netbootClasses(spec, [[subnet, 1]])).toHaveLength(7)
})
