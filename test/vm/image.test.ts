import { expect, test } from 'vitest'
import { bootVm } from '../lab/image-boot.ts'
import { builtImage, createLab } from '../lab/index.ts'
import { until } from '../lab/until.ts'

const image = builtImage('system')

test('it boots in a VM of 256 MB to the control API', async () => {
  await using lab = await createLab('image-vm')
  const machine = await bootVm(lab, image, 'vm', { memoryMiB: 256 })
  await using control = await machine.ready(240_000)
  expect(await control.request('GET', '/v1/status')).toMatchObject({ name: 'r-1-vm', confirmed: null })
})

test('without any network it boots unattended and says why it cannot be managed', async () => {
  await using lab = await createLab('image-vm-alone')
  const machine = await bootVm(lab, image, 'vm', {
    network: false,
    kernelArguments: ['systemd.journald.forward_to_console=1'],
  })
  await until(
    'the agent tells what is missing',
    () => machine.process.output().includes('SYSVM') || machine.process.output().includes('No network device'),
    {
      timeoutMs: 240_000,
      everyMs: 500,
    },
  )
  expect(machine.process.output()).not.toMatch(/emergency|password|login:|Kernel panic/i)
  expect(machine.process.child.exitCode).toBeNull()
})
