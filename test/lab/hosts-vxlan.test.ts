import { type HostDriver, type MachineSpec, openHost } from '@sysvm/manager/hosts'
import { expect, test } from 'vitest'
import { createLab, type EmulatedHost, imageHash, macOf, makeTinyImage, until } from './index.ts'

/** Two hosts that know each other only over their core network of MTU 1600. */
test('guests on two hosts are on one network, and only on that one', async () => {
  await using lab = await createLab('vxlan')
  const core = await lab.namespace('core')
  await core.bridge('br0', { address: '10.9.0.1/24', mtu: 1600 })
  const image = await makeTinyImage(lab.directory, 'guest')
  const addresses = ['10.9.0.11', '10.9.0.12']
  const drivers: { host: EmulatedHost; driver: HostDriver }[] = []
  for (const [index, address] of addresses.entries()) {
    const host = await lab.host(`h${index + 1}`, {
      core: { at: core, bridge: 'br0' },
      address: `${address}/24`,
      ssh: true,
    })
    const driver = openHost(host.url, { driver: 'container', ...host.options(core) })
    lab.defer(() => driver.close())
    await driver.ensureImage(image)
    for (const vni of [7001, 7002])
      await driver.ensureNetwork({
        id: `n${vni}`,
        bridge: `br${vni}`,
        isolation: { kind: 'vxlan', vni, local: address, remotes: addresses.filter((other) => other !== address) },
        mtu: 1500,
      })
    drivers.push({ host, driver })
  }
  const guest = (number: number, bridge: string): MachineSpec => ({
    name: `i-2-${number}-VM`,
    uuid: crypto.randomUUID(),
    kind: 'guest',
    image: imageHash(image),
    cpus: 1,
    memoryMiB: 64,
    nics: [{ mac: macOf(number), bridge, device: 'eth0' }],
  })
  const [one, two] = drivers
  if (one === undefined || two === undefined) throw new Error('two hosts')
  await one.driver.ensureMachine(guest(1, 'br7001'))
  await two.driver.ensureMachine(guest(2, 'br7001'))
  await two.driver.ensureMachine(guest(3, 'br7002'))
  /** A command in the guest's network, as root of its host. */
  const inGuest = ({ host }: { host: EmulatedHost }, number: number, ...argv: [string, ...string[]]) =>
    host.connection.run(['ip', 'netns', 'exec', `sv-i-2-${number}-VM`, ...argv])
  await inGuest(one, 1, 'ip', 'address', 'add', '10.1.1.1/24', 'dev', 'eth0')
  await inGuest(two, 2, 'ip', 'address', 'add', '10.1.1.2/24', 'dev', 'eth0')
  await inGuest(two, 3, 'ip', 'address', 'add', '10.1.1.3/24', 'dev', 'eth0')
  await until('the guests see each other', () => inGuest(one, 1, 'ping', '-c1', '-W1', '10.1.1.2').then(() => true))
  // Full frames, unfragmented, fit through the tunnel.
  const full = await inGuest(one, 1, 'ping', '-c3', '-i0.1', '-W2', '-M', 'do', '-s', '1472', '10.1.1.2')
  expect(full.stdout).toContain('3 received')
  await expect(inGuest(one, 1, 'ping', '-c1', '-W1', '10.1.1.3')).rejects.toThrow(/ended with code 1/)

  // A power cut and what it leaves: the machine is gone, and it starts again from its disk.
  await two.host.crash()
  await expect(two.driver.listMachines()).rejects.toEqual(expect.objectContaining({ code: 'SYSVM_HOST_UNREACHABLE' }))
})
