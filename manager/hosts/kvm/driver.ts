import { isSysvmError, SysvmError } from '@sysvm/errors'
import type { HostConnection } from '../connection.ts'
import type { HostDriver, MachineSpec, MachineState } from '../driver.ts'
import { ensureImage, readManifest } from '../image/ensure.ts'
import { kvmInventory } from '../inventory/kvm.ts'
import { ensureControlNetwork, ensureNetwork, removeNetwork } from '../network/apply.ts'
import { removeGuards, withGuards } from '../network/guards.ts'
import { checkMachine, type HostPaths, hostPaths } from '../paths.ts'
import { discardFolder, packFolder, unpackFolder } from '../transfer.ts'
import { probeAcceleration } from './acceleration.ts'
import { domainXml } from './domain.ts'
import { isPlugged, liveNics, plugNics } from './nics.ts'
import { virsh } from './virsh.ts'

const CONTROL_PORT = 3922
const CONSOLE_BYTES = 64 * 1024
/** How long a machine may take to heed the power button, in seconds. */
const GRACE = 10

/** $1: machine's folder, $2: backing disk. Made beside and renamed; a disk that is there is never touched. */
const DISK = `set -e
[ ! -e "$1/disk.qcow2" ] || exit 0
mkdir -p -- "$1"
exec 9>"$1/lock"; flock 9
[ ! -e "$1/disk.qcow2" ] || exit 0
qemu-img create -q -f qcow2 -F qcow2 -b "$2" "$1/disk.qcow2.part" 9>&-
mv -- "$1/disk.qcow2.part" "$1/disk.qcow2"`

/** $1: machine's folder. The console is kept over one restart, and bounded then. */
const ROTATE = `[ ! -s "$1/console.log" ] || { tail -c 4194304 "$1/console.log" >"$1/console.log.1"; rm -f "$1/console.log"; }`

/** $1: machine's folder, $2: bytes. */
const CONSOLE = `cat -- "$1/console.log.1" "$1/console.log" 2>/dev/null | tail -c "$2"`

interface KvmOptions {
  readonly stateDirectory?: string
}

/** Machines as libvirt domains. Their definitions are libvirt's to keep; this driver holds no state of its own. */
export function kvmDriver(connection: HostConnection, options: KvmOptions = {}): HostDriver {
  const paths = hostPaths(options.stateDirectory)
  const list = () => listDomains(connection, paths)
  const find = async (name: string) => (await list()).find((machine) => machine.name === name)

  const stop = async (name: string, graceful: boolean): Promise<void> => {
    await halt(name, graceful)
    await removeGuards(connection, name)
  }

  const halt = async (name: string, graceful: boolean): Promise<void> => {
    if ((await find(name))?.state !== 'running') return
    if (graceful) {
      await virsh(connection, ['shutdown', name, '--mode', 'acpi']).catch(unlessGone)
      for (let waited = 0; waited < GRACE * 4; waited++) {
        if ((await find(name))?.state !== 'running') return
        await new Promise((resolve) => setTimeout(resolve, 250))
      }
    }
    await virsh(connection, ['destroy', name]).catch(unlessGone)
  }

  return {
    inventory: () => kvmInventory(connection, paths),
    ensureImage: async (folder) => {
      await ensureImage(connection, paths, folder, { parts: ['disk', 'kernel', 'initrd'], unpack: false })
    },
    ensureControlNetwork: () => ensureControlNetwork(connection),
    ensureNetwork: (network) => ensureNetwork(connection, network),
    removeNetwork: ({ bridge }) => removeNetwork(connection, bridge),
    ensureMachine: async (machine) => {
      checkMachine(machine)
      const running: MachineState = { name: machine.name, uuid: machine.uuid, state: 'running' }
      await readManifest(connection, paths, machine.image)
      await withGuards(connection, machine, async () => {
        if ((await find(machine.name))?.state === 'running') await replug(connection, paths, machine)
        else await start(connection, paths, machine)
      })
      return running
    },
    stopMachine: (name, { forced = false } = {}) => stop(name, !forced),
    destroyMachine: async (name) => {
      const folder = paths.machine(name)
      await stop(name, false)
      await virsh(connection, ['undefine', name]).catch(unlessGone)
      await discardFolder(connection, folder, paths.trash)
    },
    exportMachine: (name) =>
      packFolder(connection, paths.machine(name), ['disk.qcow2', 'console.log', 'console.log.1']),
    importMachine: (name, packed) => unpackFolder(connection, paths, name, packed),
    listMachines: list,
    openControl: (address) => connection.connect({ host: address, port: CONTROL_PORT }),
    readConsole: async (name, { lastBytes = CONSOLE_BYTES } = {}) =>
      (await connection.run(['sh', '-c', CONSOLE, 'sh', paths.machine(name), String(lastBytes)])).stdout,
    close: () => connection.close(),
  }
}

async function start(connection: HostConnection, paths: HostPaths, machine: MachineSpec): Promise<void> {
  const folder = paths.machine(machine.name)
  const manifest = await readManifest(connection, paths, machine.image)
  const { disk, kernel } = manifest.artifacts
  if (disk === undefined && kernel === undefined)
    throw new SysvmError('SYSVM_IMAGE_MISSING', `The image ${machine.image} has no disk to boot from.`)
  if (disk !== undefined)
    await connection.run(['sh', '-c', DISK, 'sh', folder, `${paths.image(machine.image)}/${disk.file}`])
  await connection.run(['sh', '-c', ROTATE, 'sh', folder])
  try {
    await define(connection, paths, machine)
    await virsh(connection, ['start', machine.name])
  } catch (error) {
    if (!isSysvmError(error, 'SYSVM_COMMAND_FAILED')) throw error
    // Someone else was quicker.
    if (/already active|already running/.test(String(error.details.stderr))) return
    throw new SysvmError('SYSVM_MACHINE_START', `${machine.name} did not start: ${error.details.stderr}.`, {
      details: { machine: machine.name },
      cause: error,
    })
  }
}

/** What the next boot finds: its definition and boot parameters. A domain that runs is not touched by it. */
async function define(connection: HostConnection, paths: HostPaths, machine: MachineSpec): Promise<void> {
  const manifest = await readManifest(connection, paths, machine.image)
  const image = paths.image(machine.image)
  const folder = paths.machine(machine.name)
  const { kernel, initrd } = manifest.artifacts
  const credential = machine.boot === undefined ? undefined : `${folder}/boot.json`
  if (credential !== undefined) await connection.writeFile(credential, JSON.stringify(machine.boot), 0o600)
  const xml = domainXml(machine, {
    acceleration: await probeAcceleration(connection, paths),
    architecture: manifest.architecture,
    disk: `${folder}/disk.qcow2`,
    console: `${folder}/console.log`,
    kernel: kernel && `${image}/${kernel.file}`,
    initrd: initrd && `${image}/${initrd.file}`,
    kernelArguments: manifest.kernelArguments,
    credential,
  })
  await connection.writeFile(`${folder}/domain.xml`, xml, 0o600)
  await virsh(connection, ['define', `${folder}/domain.xml`])
}

/** Gives a domain that runs the nics it should have, and its next boot too. */
async function replug(connection: HostConnection, paths: HostPaths, machine: MachineSpec): Promise<void> {
  const live = await liveNics(connection, machine.name)
  if (isPlugged(machine, live)) return
  await define(connection, paths, machine)
  await plugNics(connection, paths.machine(machine.name), machine)
}

/** Domains of this driver: those whose folder is in its state directory; an operator's own are not its business. */
const LIST = `
for dir in "$1"/*; do [ -e "$dir/domain.xml" ] && echo "\${dir##*/}"; done
echo --
LC_ALL=C virsh --quiet --connect qemu:///system list --all --name --uuid
echo --
LC_ALL=C virsh --quiet --connect qemu:///system list --name`

async function listDomains(connection: HostConnection, paths: HostPaths): Promise<MachineState[]> {
  const { stdout } = await connection.run(['sh', '-c', LIST, 'sh', paths.machines])
  const [folders = [], domains = [], active = []] = stdout.split(/^--$/m).map((part) =>
    part
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
  )
  const running = new Set(active)
  const ours = new Set(folders)
  return domains
    .map((line) => line.split(/\s+/))
    .filter(([, name = '']) => ours.has(name))
    .map(([uuid = '', name = '']) => ({ name, uuid, state: running.has(name) ? 'running' : 'stopped' }))
}

/** A domain that is not there, or not running, is what a stop wants. */
function unlessGone(error: unknown): void {
  const said = isSysvmError(error, 'SYSVM_COMMAND_FAILED') ? String(error.details.stderr) : ''
  if (!/failed to get domain|domain is not running|no domain with matching/i.test(said)) throw error
}
