import { join } from 'node:path'
import type { RouterServices } from '@sysvm/router/spec'
import { expect, test } from 'vitest'
import { type Namespace, until } from '../lab/index.ts'
import { baseSpec } from '../lab/router/spec.ts'
import { openTopology } from '../lab/router/topology.ts'

const MAC = '02:00:00:00:00:01'
const images = join(import.meta.dirname, '../../images/out/guest')
const files = 'http://198.51.100.1:8080'

/** A file by TFTP, then a kernel by HTTP: what it prints first shows that it was all true. */
const script = `#!ipxe
imgfetch --name loader tftp://\${next-server}/undionly.kpxe
imgfree loader
kernel ${files}/vmlinuz initrd=initrd.img console=ttyS0 panic=-1 sysvm.netboot=\${net0/ip}
initrd ${files}/initrd.img
boot
`

/** QEMU's own network card, whose firmware is iPXE, plugged into the guest network; nothing else to boot from. */
const startClient = async (at: Namespace) => {
  await at.ip(
    ['link', 'add', 'sw', 'type', 'bridge'],
    ['link', 'set', 'eth0', 'address', '02:00:00:00:00:f0'],
    ['link', 'set', 'eth0', 'master', 'sw'],
    ['tuntap', 'add', 'tap0', 'mode', 'tap'],
    ['link', 'set', 'tap0', 'master', 'sw'],
    ['link', 'set', 'tap0', 'up'],
    ['link', 'set', 'sw', 'up'],
  )
  return at.spawn([
    'qemu-system-x86_64',
    ...['-machine', 'pc', '-accel', 'tcg,tb-size=64', '-m', '256', '-no-reboot'],
    ...['-nodefaults', '-display', 'none', '-serial', 'stdio', '-boot', 'n'],
    ...['-netdev', 'tap,id=n0,ifname=tap0,script=no,downscript=no'],
    ...['-device', `virtio-net-pci,netdev=n0,mac=${MAC}`],
  ])
}

test('a machine with nothing but its network card boots what the spec says', async () => {
  await using topology = await openTopology('pxe')
  const { router, outside } = topology
  const spec = {
    ...baseSpec,
    netboot: { listen: ['10.1.1.1'], guests: [{ address: '10.1.1.10', mac: MAC, script }] },
  } satisfies RouterServices
  await router.commit(spec)
  await outside.spawn(['busybox', 'httpd', '-f', '-p', '198.51.100.1:8080', '-h', images])
  const client = await startClient(await topology.guest('pxe', MAC))
  await until('the kernel starts', async () => client.output().includes('Linux version'), { timeoutMs: 300_000 })
  await until('the kernel tells its command line', async () => client.output().includes('sysvm.netboot='), {
    timeoutMs: 60_000,
  })
  expect(client.output()).toContain('sysvm.netboot=10.1.1.10')
  await client.stop('SIGKILL')
})
