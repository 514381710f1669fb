import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isSysvmError } from '@sysvm/errors'
import { type DriverName, type HostDriver, type MachineNic, openHost } from '@sysvm/manager/hosts'
import type { HostState } from '@sysvm/manager/hosts/simulator/state'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EmulatedHost } from './host.ts'
import { makeKeys, type SshKeys } from './keys.ts'
import { createLab, type Lab } from './lab.ts'
import { controlAddress, macOf, systemMachine } from './machines.ts'
import type { Namespace } from './namespace.ts'
import { until } from './until.ts'

export interface ConformanceSubject {
  readonly driver: DriverName
  /** Folder of a system image; made in the lab's folder if need be. */
  image(lab: Lab): Promise<string>
  /** What the console shows once the machine is up. */
  readonly ready: RegExp
  /** Shown on the console when it has kept its state over a restart; undefined: the image does not say. */
  readonly secondBoot?: RegExp
  /** The same, once more: its disk was packed and unpacked. */
  readonly thirdBoot?: RegExp
  /** How long a boot may take here, in milliseconds. */
  readonly bootMs: number
}

/** What a simulated host of the lab holds, as its driver keeps it. */
const simulatedHost = async (lab: Lab) => {
  const text = await readFile(join(lab.directory, 'hosts', 'h1.json'), 'utf8').catch(() => '{}')
  return { bridges: {}, machines: {}, ...(JSON.parse(text) as Partial<HostState>) }
}

/** What every host driver must do, on an emulated host that is reached over SSH, and what of it a simulation can. */
export function describeConformance(title: string, subject: ConformanceSubject): void {
  describe(title, () => {
    let lab: Lab
    let core: Namespace
    let host: EmulatedHost
    let keys: { manager: SshKeys; hostKey: SshKeys }
    let image: string
    let driver: HostDriver
    const simulated = subject.driver === 'simulator'
    const open = () =>
      simulated
        ? openHost('simulator:h1?address=10.9.0.11&boot=20', {
            driver: subject.driver,
            simulator: join(lab.directory, 'hosts'),
          })
        : openHost(host.url, { driver: subject.driver, ...host.options(core) })
    const code = (wanted: string) => (error: unknown) => isSysvmError(error) && error.code === wanted
    const sh = async (script: string) => (await host.connection.run(['sh', '-c', script])).stdout
    const ready = (name: string) =>
      until(`${name} is up`, async () => subject.ready.test(await driver.readConsole(name)), {
        timeoutMs: subject.bootMs,
      })
    /** Everything a machine could leave on the host, but for the host's own daemons. */
    const traces = async () =>
      simulated
        ? JSON.stringify(await simulatedHost(lab))
        : sh(
            'mkdir -p /var/lib/sysvm/host/machines; ip -o link | cut -d: -f2; ip netns list; ls -R /var/lib/sysvm/host/machines; ps axo args | grep -c "[s]v-\\|[t]9x" || :',
          )
    /** Number, bridge and what else is told of each port of the one machine that runs. */
    const ports = async () => {
      if (simulated)
        return Object.values((await simulatedHost(lab)).machines)
          .flatMap(({ spec }) => spec.nics)
          .map(({ device, bridge, mac }) => `${device.replace('eth', '')} ${bridge} ${mac}`)
          .sort()
      const links = await sh(
        "ip -o link | sed -n 's/^\\([0-9]*\\): \\(sv[0-9a-f]*\\.[0-9]*\\).* master \\([^ ]*\\).*/\\2 \\3 \\1/p'",
      )
      return links
        .split('\n')
        .filter(Boolean)
        .map((line) => line.replace(/^sv[0-9a-f]{8}\./, ''))
        .sort()
    }

    beforeAll(async () => {
      lab = await createLab(`conform-${subject.driver}`)
      if (!simulated) {
        core = await lab.namespace('core')
        await core.bridge('br0', { address: '10.9.0.1/24', mtu: 1600 })
        host = await lab.host('h1', {
          core: { at: core, bridge: 'br0' },
          address: '10.9.0.11/24',
          ssh: true,
          libvirt: subject.driver === 'kvm',
        })
      }
      keys = { manager: makeKeys(lab.directory, 'manager'), hostKey: makeKeys(lab.directory, 'machine') }
      image = await subject.image(lab)
      driver = open()
    })
    afterAll(async () => {
      await driver?.close()
      await lab?.[Symbol.asyncDispose]()
    })
    const machine = (number: number, more = {}) => systemMachine(image, number, keys, more)

    test('says what the host is', async () => {
      const facts = await driver.inventory()
      expect(facts.cpus).toBeGreaterThan(0)
      expect(facts.memoryMiB).toBeGreaterThan(256)
      expect(facts.storageFree).toBeGreaterThan(0)
      expect(facts.addresses).toContain('10.9.0.11')
      expect(facts.acceleration).toMatch(subject.driver === 'kvm' ? /^(tcg|kvm)$/ : /^none$/)
      expect(facts.hypervisorVersion).not.toBe('')
    })

    test('refuses a machine whose image is not there, and leaves nothing', async () => {
      const before = await traces()
      await expect(driver.ensureMachine(machine(1))).rejects.toSatisfy(code('SYSVM_IMAGE_MISSING'))
      expect(await traces()).toBe(before)
    })

    test('takes an image and the control network once and again', async () => {
      await driver.ensureImage(image)
      await driver.ensureImage(image)
      await driver.ensureControlNetwork()
      const links = () => (simulated ? traces() : sh('ip -o address; ip -o link'))
      const before = await links()
      await driver.ensureControlNetwork()
      expect(await links()).toBe(before)
      expect(before).toContain(simulated ? '"bridge":"cloud0"' : '169.254.0.1/16')
    })

    test('refuses a machine on a bridge that is not there, and leaves nothing', async () => {
      const links = () => (simulated ? traces() : sh('ip -o link | cut -d: -f2; ip netns list'))
      const before = await links()
      const nics = [{ mac: '0e:00:00:00:00:99', bridge: 'nosuch0', device: 'eth0' }]
      await expect(driver.ensureMachine(machine(1, { nics }))).rejects.toSatisfy(code('SYSVM_MACHINE_START'))
      expect(await links()).toBe(before)
      expect((await driver.listMachines()).filter(({ state }) => state === 'running')).toEqual([])
      await driver.destroyMachine('t9x1')
    })

    test.each([
      ['a name that is a path', { name: '../../etc' }],
      ['a UUID that is markup', { uuid: `<uuid/>` }],
      ['an image that is a path', { image: '../x' }],
      ['a bridge that is two words', { nics: [{ mac: '0e:00:00:00:00:01', bridge: 'a b', device: 'eth0' }] }],
      ['a nic without a name of one', { nics: [{ mac: '0e:00:00:00:00:01', bridge: 'cloud0', device: 'lo' }] }],
      ['two nics of one name', { nics: [1, 2].map((n) => ({ mac: macOf(1, n), bridge: 'cloud0', device: 'eth0' })) }],
      [
        'two nics of one MAC address',
        { nics: [0, 1].map((n) => ({ mac: macOf(1), bridge: 'cloud0', device: `eth${n}` })) },
      ],
      ['a MAC address that is none', { nics: [{ mac: '0e:00', bridge: 'cloud0', device: 'eth0' }] }],
    ])('refuses %s', async (_, wrong) => {
      await expect(driver.ensureMachine(machine(1, wrong))).rejects.toSatisfy(code('SYSVM_MACHINE_SPEC'))
      expect(await driver.listMachines()).toEqual([])
    })

    test('boots one machine, however often and by however many it is asked', async () => {
      const spec = machine(1)
      await Promise.all([driver.ensureMachine(spec), driver.ensureMachine(spec), driver.ensureMachine(spec)])
      await driver.ensureMachine(spec)
      expect(await driver.listMachines()).toEqual([{ name: spec.name, uuid: spec.uuid, state: 'running' }])
      await ready(spec.name)
      const second = open()
      try {
        expect(await second.listMachines()).toEqual([{ name: spec.name, uuid: spec.uuid, state: 'running' }])
      } finally {
        await second.close()
      }
      expect((await driver.readConsole(spec.name, { lastBytes: 5 })).length).toBe(5)
    })

    test('opens a stream to the control port', async () => {
      const greeting = await until(
        'the control port answers',
        async () => {
          const stream = await driver.openControl(controlAddress(1))
          try {
            stream.write('SSH-2.0-test\r\n')
            return await new Promise<string>((resolve, reject) => {
              stream.once('data', (chunk) => resolve(String(chunk)))
              stream.once('error', reject)
              stream.once('close', () => reject(new Error('closed')))
            })
          } finally {
            stream.destroy()
          }
        },
        { timeoutMs: subject.bootMs },
      )
      expect(greeting).toMatch(/^SSH-2\.0-/)
      await expect(driver.openControl('169.254.9.250')).rejects.toSatisfy(code('SYSVM_HOST_CONNECT'))
    })

    test('plugs nics into a machine that runs, moves and unplugs them, and touches no other', async () => {
      const network = (bridge: string) => ({ id: bridge, bridge, isolation: { kind: 'bridge' }, mtu: 1500 }) as const
      await driver.ensureNetwork(network('brn3'))
      await driver.ensureNetwork(network('brn4'))
      const { uuid } = (await driver.listMachines())[0] ?? {}
      const first = { mac: macOf(1), bridge: 'cloud0', device: 'eth0' }
      const nic = (number: number, bridge: string) => ({ mac: macOf(1, number), bridge, device: `eth${number}` })
      const ensure = (...nics: MachineNic[]) => driver.ensureMachine(machine(1, { uuid, nics: [first, ...nics] }))
      const [before = ''] = await ports()
      expect(before).toMatch(/^0 cloud0 [\da-f:]+$/)
      const stream = await driver.openControl(controlAddress(1))
      let closed = false
      stream.once('close', () => {
        closed = true
      })
      stream.on('error', () => {})
      try {
        await Promise.all([ensure(nic(1, 'brn3'), nic(2, 'brn4')), ensure(nic(1, 'brn3'), nic(2, 'brn4'))])
        const both = await ports()
        expect(both).toEqual([before, expect.stringMatching(/^1 brn3 /), expect.stringMatching(/^2 brn4 /)])
        await ensure(nic(1, 'brn3'), nic(2, 'brn4'))
        expect(await ports()).toEqual(both)
        await ensure(nic(1, 'brn4'), nic(2, 'brn4'))
        expect(await ports()).toEqual([before, both[1]?.replace('brn3', 'brn4'), both[2]])
        // One goes from the middle; then another takes its name.
        await ensure(nic(2, 'brn4'))
        expect(await ports()).toEqual([before, both[2]])
        await ensure({ ...nic(1, 'brn3'), mac: macOf(1, 9) }, nic(2, 'brn4'))
        expect(await ports()).toEqual([before, expect.stringMatching(/^1 brn3 /), both[2]])
        await expect(ensure(nic(2, 'brn4'), nic(3, 'nosuch0'))).rejects.toSatisfy(code('SYSVM_MACHINE_NIC'))
        await Promise.all([ensure(), ensure()])
        expect(await ports()).toEqual([before])
        expect(closed).toBe(false)
      } finally {
        stream.destroy()
      }
      await driver.removeNetwork({ bridge: 'brn3' })
      await driver.removeNetwork({ bridge: 'brn4' })
    })

    test('stops a machine, keeps its disk, and starts it again', async () => {
      await driver.stopMachine('t9x1')
      await driver.stopMachine('t9x1')
      const [stopped] = await driver.listMachines()
      expect(stopped?.state).toBe('stopped')
      const spec = machine(1, { uuid: stopped?.uuid })
      await driver.ensureMachine(spec)
      await ready('t9x1')
      if (subject.secondBoot) expect(await driver.readConsole('t9x1')).toMatch(subject.secondBoot)
      await driver.stopMachine('t9x1', { forced: true })
      expect((await driver.listMachines())[0]?.state).toBe('stopped')
    })

    test('packs a machine that is off, and unpacks it with what is its own', async () => {
      expect(await driver.exportMachine('never-was')).toBe(undefined)
      const [off] = await driver.listMachines()
      const packed = await driver.exportMachine('t9x1')
      if (packed === undefined) throw new Error('the machine is there')
      await driver.importMachine('t9x1', packed)
      await driver.ensureMachine(machine(1, { uuid: off?.uuid }))
      await ready('t9x1')
      if (subject.thirdBoot) expect(await driver.readConsole('t9x1')).toMatch(subject.thirdBoot)
      await driver.stopMachine('t9x1', { forced: true })
    })

    test('destroys a machine without a trace, and one that never was', async () => {
      await driver.ensureMachine(machine(2))
      await driver.destroyMachine('t9x1')
      await driver.destroyMachine('t9x2')
      await driver.destroyMachine('t9x2')
      await driver.destroyMachine('never-was')
      expect(await driver.listMachines()).toEqual([])
      expect(await traces()).not.toMatch(/t9x|sv-|sv[0-9a-f]{8}/)
    })

    test('refuses to remove a network with a running machine on it', async () => {
      const network = { id: 'b5', bridge: 'brn5', isolation: { kind: 'bridge' }, mtu: 1500 } as const
      await driver.ensureNetwork(network)
      const spec = machine(4, { nics: [{ mac: macOf(4), bridge: 'brn5', device: 'eth0' }] })
      await driver.ensureMachine(spec)
      await expect(driver.removeNetwork(network)).rejects.toSatisfy(code('SYSVM_IN_USE'))
      await driver.destroyMachine(spec.name)
      await driver.removeNetwork(network)
      await driver.removeNetwork(network)
    })

    // The kernel's side, which a simulation has not.
    if (simulated) return

    test('may be cut off at any moment of a start and simply asked again', async () => {
      for (const delay of [5, 15, 30, 60, 120, 250]) {
        const spec = machine(3)
        const starting = driver.ensureMachine(spec).catch(() => {})
        await new Promise((resolve) => setTimeout(resolve, delay))
        // Everything that works on this machine dies, and so does the connection.
        await sh('pkill -KILL -f machines/t9x[3]; pkill -KILL -f "^sshd: root@nott[y]"; :')
        await starting
        // The first command may be the one that finds the connection broken.
        await driver.ensureMachine(spec).catch((error) => {
          if (!isSysvmError(error, 'SYSVM_HOST_UNREACHABLE')) throw error
          return driver.ensureMachine(spec)
        })
        expect(await driver.listMachines()).toEqual([{ name: spec.name, uuid: spec.uuid, state: 'running' }])
        await driver.destroyMachine(spec.name)
        expect(await traces()).not.toMatch(/t9x|sv-|sv[0-9a-f]{8}/)
      }
    })

    test('joins a network over VXLAN and follows its members', async () => {
      const network = (remotes: string[], local = '10.9.0.11') => ({
        id: 'n1',
        bridge: 'brn1',
        isolation: { kind: 'vxlan', vni: 5001, local, remotes } as const,
        mtu: 1500,
      })
      const members = () =>
        sh('bridge fdb show dev svx5001 | sed -n "s/^00:00:00:00:00:00 dst \\([0-9.]*\\).*/\\1/p" | sort | xargs')
      await driver.ensureNetwork(network(['10.9.0.12', '10.9.0.13']))
      expect(await members()).toBe('10.9.0.12 10.9.0.13\n')
      // The kernel raises a bridge's state some time after its port's.
      await until('the bridge is up', async () => (await sh('ip -o link show brn1')).includes('state UP'))
      const links = await sh('ip -o link')
      await driver.ensureNetwork(network(['10.9.0.12', '10.9.0.13']))
      expect(await sh('ip -o link')).toBe(links)
      await Promise.all([
        driver.ensureNetwork(network(['10.9.0.13', '10.9.0.14'])),
        driver.ensureNetwork(network(['10.9.0.13', '10.9.0.14'])),
      ])
      expect(await members()).toBe('10.9.0.13 10.9.0.14\n')
      await driver.ensureNetwork(network([], '10.9.0.12'))
      expect(await members()).toBe('\n')
      expect(await sh('ip -d link show svx5001')).toContain('local 10.9.0.12')
      // The host is no part of what it switches.
      expect(
        await sh('cat /proc/sys/net/ipv6/conf/brn1/disable_ipv6 /proc/sys/net/ipv4/conf/brn1/forwarding | xargs'),
      ).toBe('1 0\n')
      await driver.removeNetwork({ bridge: 'brn1' })
      await driver.removeNetwork({ bridge: 'brn1' })
      expect(await sh('ip -o link')).not.toMatch(/brn1|svx5001/)
    })

    test("uses an operator's bridge as it is and does not remove it", async () => {
      await sh('ip link add operator0 type bridge && ip link set operator0 mtu 1400')
      await driver.ensureNetwork({ id: 'p', bridge: 'operator0', isolation: { kind: 'bridge' }, mtu: 1500 })
      expect(await sh('ip -o link show operator0')).toMatch(/UP.* mtu 1400/)
      await driver.removeNetwork({ bridge: 'operator0' })
      expect(await sh('ip -o link')).toContain('operator0')
    })

    test('refuses to remove a network with a machine on it', async () => {
      await driver.ensureNetwork({ id: 'b', bridge: 'brn2', isolation: { kind: 'bridge' }, mtu: 1500 })
      await sh('ip link add guest0 type veth peer name guest1; ip link set guest0 master brn2')
      await expect(driver.removeNetwork({ bridge: 'brn2' })).rejects.toSatisfy(code('SYSVM_IN_USE'))
      await sh('ip link delete guest0')
      await driver.removeNetwork({ bridge: 'brn2' })
      expect(await sh('ip -o link')).not.toContain('brn2')
    })
  })
}
