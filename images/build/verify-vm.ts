import { createHash, generateKeyPairSync } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SysvmError } from '@sysvm/errors'
import { chooseAccelerator } from './accelerator.ts'
import { type Partition, readRange } from './disk.ts'
import { repositoryFolder } from './paths.ts'
import { $, step } from './shell.ts'

/** Inside the user network that sysvm.pkr.hcl makes. */
const CONTROL = '169.254.7.7'
const MAC = '02:73:76:6d:00:01'

export interface Machine {
  /** Raw disk; replaced by the provisioned one. */
  readonly raw: string
  readonly root: Partition
  readonly kernel: string
  readonly initrd: string
  readonly kernelArguments: readonly string[]
  readonly work: string
}

const digest = async (raw: string, partition: Partition): Promise<string> => {
  const hash = createHash('sha256')
  for await (const chunk of readRange(raw, partition)) hash.update(chunk)
  return hash.digest('hex')
}

/** Keys of one verification; they open nothing else and are gone with the scratch folder. */
const writeBootCredential = async (work: string): Promise<{ credential: string; privateKey: string }> => {
  const make = async (name: string): Promise<{ path: string; publicKey: string }> => {
    const path = join(work, name)
    await $`ssh-keygen -q -t ed25519 -N ${''} -C ${''} -f ${path}`
    const [type, key] = (await readFile(`${path}.pub`, 'utf8')).trim().split(' ')
    return { path, publicKey: `${type} ${key}` }
  }
  const [host, manager, operator] = await Promise.all(['host', 'manager', 'operator'].map(make))
  if (host === undefined || manager === undefined || operator === undefined) throw new Error('no keys')
  const credential = join(work, 'sysvm.boot')
  const boot = {
    name: 'verification',
    role: 'router',
    control: `${CONTROL}/16`,
    nics: [{ mac: MAC, device: 'eth0' }],
    authorizedKey: manager.publicKey,
    operatorKey: operator.publicKey,
    hostKey: (await readFile(host.path)).toString('base64'),
    managerKey: generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  }
  await writeFile(credential, JSON.stringify(boot), { mode: 0o600 })
  return { credential, privateKey: operator.path }
}

const tail = async (path: string): Promise<string> =>
  readFile(path, 'utf8').then(
    (text) => text.slice(-1500),
    () => '',
  )

/** Newer Packers have the qemu builder as a plugin; 1.6 has it inside and knows no `init`. */
const initPacker = async (folder: string, env: Record<string, string>): Promise<void> => {
  const { stdout } = await $`packer version`
  const [, major = 0, minor = 0] = stdout.match(/v(\d+)\.(\d+)/)?.map(Number) ?? []
  if (major > 1 || minor >= 7)
    await step('packer init', () => $({ env })`packer init ${join(folder, 'plugins.pkr.hcl')}`)
}

/**
 * Stage C: Packer boots the disk as a host would; the machine formats its state partition and packer/verify.sh checks it.
 * The root partition must come back byte for byte. Returns what was found, by check.
 */
export const verifyInMachine = async (machine: Machine): Promise<Record<string, string>> => {
  const { raw, work } = machine
  const folder = join(repositoryFolder, 'packer')
  const accelerator = await chooseAccelerator(machine.kernel)
  const { credential, privateKey } = await writeBootCredential(work)
  const files = { serial: join(work, 'serial.log'), report: join(work, 'report'), output: join(work, 'packer') }
  const variables = {
    disk: raw,
    kernel: machine.kernel,
    initrd: machine.initrd,
    kernel_arguments: machine.kernelArguments.join(' '),
    boot_credential: credential,
    private_key: privateKey,
    control_address: CONTROL,
    accelerator: accelerator.name,
    cpu: accelerator.cpu,
    output: files.output,
    serial_log: files.serial,
    report: files.report,
  }
  const env = {
    PATH: process.env.PATH ?? '/usr/bin',
    HOME: process.env.HOME ?? '/root',
    CHECKPOINT_DISABLE: '1',
    PACKER_CACHE_DIR: join(work, 'packer-cache'),
    TMPDIR: work,
  }
  const before = await digest(raw, machine.root)
  await initPacker(folder, env)
  const options = Object.entries(variables).map(([name, value]) => `-var=${name}=${value}`)
  const packer = await $({ env })`packer build -color=false ${options} ${join(folder, 'sysvm.pkr.hcl')}`.nothrow()
  if (packer.exitCode !== 0) {
    throw new SysvmError(
      'SYSVM_IMAGE_BUILD',
      `The image did not pass its verification in a VM. Packer: ${packer.stdout.slice(-1500)}\nThe machine's console: ${await tail(files.serial)}`,
    )
  }
  await rename(join(files.output, 'disk.raw'), raw)
  if ((await digest(raw, machine.root)) !== before) {
    throw new SysvmError(
      'SYSVM_IMAGE_BUILD',
      'The root partition was changed by a boot; it must be read-only everywhere.',
    )
  }
  const lines = (await readFile(files.report, 'utf8')).trim().split('\n')
  return {
    accelerator: `${accelerator.name}: ${accelerator.why}`,
    'root-partition': before,
    ...Object.fromEntries(lines.map((line) => line.split(/: (.*)/s).slice(0, 2))),
  }
}
