import { join } from 'node:path'
import { expect, test } from 'vitest'
import { builtImage, createLab, until } from '../lab/index.ts'
import { startProcess } from '../lab/process.ts'

test("the guest's disk boots by itself and takes an address", async () => {
  await using lab = await createLab('image-guest')
  const machine = await startProcess([
    'qemu-system-x86_64',
    ...['-machine', 'pc', '-accel', 'tcg,tb-size=128', '-m', '128', '-nodefaults', '-display', 'none', '-no-reboot'],
    ...['-serial', 'stdio', '-snapshot', '-drive', `file=${join(builtImage('guest'), 'disk.qcow2')},if=virtio`],
    ...['-netdev', 'user,id=n0,restrict=on,net=10.9.9.0/24,dhcpstart=10.9.9.9', '-device', 'virtio-net-pci,netdev=n0'],
  ])
  lab.defer(() => machine.stop())
  await until('the guest has a lease', () => machine.output().includes('sysvm-guest: address='), { timeoutMs: 180_000 })
  expect(machine.output()).toContain('sysvm-guest: address=10.9.9.9/24')
})
