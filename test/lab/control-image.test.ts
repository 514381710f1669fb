import { openHost } from '@sysvm/manager/hosts'
import { test } from 'vitest'
import { createLab } from './index.ts'
import { proveControlPath } from './real-machine.ts'

test('the system image in a container is controlled through its host over SSH', async () => {
  await using lab = await createLab('control-image')
  const core = await lab.namespace('core')
  await core.bridge('br0', { address: '10.9.0.1/24', mtu: 1600 })
  const host = await lab.host('h1', { core: { at: core, bridge: 'br0' }, address: '10.9.0.11/24', ssh: true })
  const driver = openHost(host.url, { driver: 'container', ...host.options(core) })
  lab.defer(() => driver.close())
  await proveControlPath(lab, driver, 30_000)
})
