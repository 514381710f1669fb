import { generateKeyPairSync } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { CONTROL_PORT } from '@sysvm/agent/api'
import type { BootParameters } from '@sysvm/agent/boot'
import { Manifest } from '@sysvm/images/manifest'
import { type ControlClient, openControlClient } from '@sysvm/manager/hosts/control'
import { makeKeys, type SshKeys } from './keys.ts'
import type { Lab } from './lab.ts'
import type { LabProcess } from './process.ts'
import { startProcess } from './process.ts'
import { until } from './until.ts'

/** The image booted with nothing between: systemd-nspawn or QEMU as the manual pages have them, no driver. */
export interface BareMachine {
  readonly process: LabProcess
  readonly operator: SshKeys
  /** Milliseconds since the epoch of performance.now() at which it was started. */
  readonly startedAt: number
  control(timeoutMs?: number): Promise<ControlClient>
  /** The control API's first answer. */
  ready(timeoutMs: number): Promise<ControlClient>
  openPort(): Promise<Duplex>
}

const ADDRESS = '169.254.7.7'
const MAC = '02:73:76:6d:00:02'
/** As the image pipeline emulates: what Debian's programs use and no more. */
const TCG_CPU = 'qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt,+aes,+pclmulqdq,+rdrand'

interface Keys {
  readonly host: SshKeys
  readonly manager: SshKeys
  readonly operator: SshKeys
  readonly credential: string
}

const prepare = async (folder: string): Promise<Keys> => {
  await mkdir(folder, { recursive: true })
  const [host, manager, operator] = [
    makeKeys(folder, 'host'),
    makeKeys(folder, 'manager'),
    makeKeys(folder, 'operator'),
  ]
  const credential = join(folder, 'sysvm.boot')
  const boot: BootParameters = {
    name: 'r-1-vm',
    role: 'router',
    control: `${ADDRESS}/16`,
    nics: [{ mac: MAC, device: 'eth0' }],
    authorizedKey: manager.publicKey,
    operatorKey: operator.publicKey,
    hostKey: Buffer.from(host.privateKey).toString('base64'),
    managerKey: generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  }
  await writeFile(credential, JSON.stringify(boot), { mode: 0o600 })
  return { host, manager, operator, credential }
}

/**
 * Whether sshd greets within a moment. A connection that was opened too early must not be waited for: ARP and TCP ask
 * again after a second, and QEMU's user network accepts before the machine does.
 */
const greets = async (openPort: () => Promise<Duplex>, withinMs: number): Promise<boolean> => {
  const late = new Promise<false>((resolve) => setTimeout(resolve, withinMs, false))
  const opening = openPort()
  const greeted = opening.then(
    (port) =>
      new Promise<boolean>((resolve) => {
        port.once('data', () => resolve(true))
        port.once('error', () => resolve(false))
        port.once('close', () => resolve(false))
      }),
    () => false,
  )
  const answer = await Promise.race([greeted, late])
  opening.then(
    (port) => port.destroy(),
    () => undefined,
  )
  return answer
}

const machineOf = (process: LabProcess, keys: Keys, greetMs: number, openPort: () => Promise<Duplex>): BareMachine => {
  const control = (timeoutMs = 20_000): Promise<ControlClient> =>
    openControlClient(
      { openControl: openPort },
      { address: ADDRESS, hostKey: keys.host.publicKey, privateKey: keys.manager.privateKey, timeoutMs },
    )
  const ready = async (timeoutMs: number): Promise<ControlClient> => {
    await until('sshd greets', () => greets(openPort, greetMs), { timeoutMs, everyMs: 5 })
    const client = await control()
    await client.request('GET', '/v1/status')
    return client
  }
  return { process, operator: keys.operator, startedAt: performance.now(), control, ready, openPort }
}

/** Flags of nspawn for a system VM on a read-only root; `unit` starts another target than the image's own. */
export const bootContainer = async (
  lab: Lab,
  root: string,
  name = 'machine',
  words: readonly string[] = [],
): Promise<BareMachine> => {
  const folder = join(lab.directory, name)
  const keys = await prepare(folder)
  const state = join(folder, 'state')
  await mkdir(state)
  const host = await lab.namespace(`${name}-h`)
  const inside = await lab.namespace(`${name}-m`)
  await lab.link({ at: host, device: 'cloud0', address: '169.254.0.1/16' }, { at: inside, device: 'ctl', mac: MAC })
  // Down, as a new nic is: the machine brings it up and tells its address to the neighbours.
  await inside.ip(['link', 'set', 'ctl', 'down'])
  const process = await startProcess(
    [
      'systemd-nspawn',
      '--quiet',
      `--directory=${root}`,
      `--machine=${lab.prefix}-${name}`.slice(0, 60),
      '--boot',
      '--read-only',
      `--bind=${state}:/var/lib/sysvm`,
      '--register=no',
      '--keep-unit',
      '--timezone=off',
      '--resolv-conf=off',
      '--console=pipe',
      `--load-credential=sysvm.boot:${keys.credential}`,
      `--network-namespace-path=/run/netns/${inside.netns}`,
      '--capability=CAP_NET_ADMIN,CAP_NET_RAW,CAP_NET_BIND_SERVICE,CAP_SYS_ADMIN',
      ...words,
    ],
    { env: { SYSTEMD_NSPAWN_API_VFS_WRITABLE: 'network' } },
  )
  lab.defer(() => process.stop())
  return machineOf(process, keys, 50, () => host.connect(ADDRESS, CONTROL_PORT))
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })

export interface VmOptions {
  readonly memoryMiB?: number
  /** After the image's own kernel arguments. */
  readonly kernelArguments?: readonly string[]
  /** Without a network card the machine must come up all the same. */
  readonly network?: boolean
}

/** The image in QEMU with emulation, on a throw-away overlay of its disk; reached through QEMU's user network. */
export const bootVm = async (lab: Lab, image: string, name: string, options: VmOptions = {}): Promise<BareMachine> => {
  const folder = join(lab.directory, name)
  const keys = await prepare(folder)
  const manifest = Manifest.parse(JSON.parse(await readFile(join(image, 'manifest.json'), 'utf8')))
  const file = (part: keyof Manifest['artifacts']): string => join(image, manifest.artifacts[part].file)
  const disk = join(folder, 'disk.qcow2')
  const made = await startProcess(['qemu-img', 'create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', file('disk'), disk])
  if ((await made.ended) !== 0) throw new Error(made.output())
  const port = await freePort()
  const network = `user,id=n0,restrict=on,net=169.254.0.0/16,host=169.254.0.2,dhcpstart=169.254.0.9,dns=169.254.0.3,hostfwd=tcp:127.0.0.1:${port}-${ADDRESS}:${CONTROL_PORT}`
  const process = await startProcess([
    'qemu-system-x86_64',
    ...[
      '-machine',
      'pc',
      '-accel',
      'tcg,tb-size=128',
      '-cpu',
      TCG_CPU,
      '-smp',
      '1',
      '-m',
      String(options.memoryMiB ?? 256),
    ],
    ...['-nodefaults', '-display', 'none', '-no-reboot', '-serial', 'stdio', '-device', 'virtio-rng-pci'],
    ...['-kernel', file('kernel'), '-initrd', file('initrd')],
    ...['-append', [...manifest.kernelArguments, 'console=ttyS0', ...(options.kernelArguments ?? [])].join(' ')],
    ...['-drive', `file=${disk},if=virtio,format=qcow2`],
    ...['-fw_cfg', `name=opt/io.systemd.credentials/sysvm.boot,file=${keys.credential}`],
    ...(options.network === false ? [] : ['-netdev', network, '-device', `virtio-net-pci,netdev=n0,mac=${MAC}`]),
  ])
  lab.defer(() => process.stop())
  return machineOf(
    process,
    keys,
    600,
    () =>
      new Promise((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => resolve(socket))
        socket.once('error', reject)
      }),
  )
}
