import { createHash } from 'node:crypto'
import { isSysvmError, SysvmError } from '@sysvm/errors'
import type { HostConnection } from '../connection.ts'
import type { HostDriver, MachineSpec, MachineState } from '../driver.ts'
import { ensureImage, readManifest } from '../image/ensure.ts'
import { containerInventory } from '../inventory/container.ts'
import { ensureControlNetwork, ensureNetwork, readLinks, removeNetwork } from '../network/apply.ts'
import { removeGuards, withGuards } from '../network/guards.ts'
import { nicFailed } from '../outcome.ts'
import { checkMachine, type HostPaths, hostPaths, portPrefix, STATE_DIRECTORY } from '../paths.ts'
import { discardFolder, packFolder, unpackFolder } from '../transfer.ts'
import { nicLines, replugLines } from './nics.ts'
import { nspawnCommand } from './nspawn.ts'
import { CONSOLE, LIMIT, LIST, START, STOP, SUPERVISE } from './scripts.ts'

const CONTROL_PORT = 3922
const CONSOLE_BYTES = 64 * 1024
/** How long a machine may take to end by itself before it is killed, in seconds. */
const GRACE = 10

interface ContainerOptions {
  readonly stateDirectory?: string
}

/** Machines as systemd-nspawn containers. They outlive the manager and are found again by their folders. */
export function containerDriver(connection: HostConnection, options: ContainerOptions = {}): HostDriver {
  const paths = hostPaths(options.stateDirectory)
  const script = (text: string, ...argv: string[]) => connection.run(['sh', '-c', text, 'sh', ...argv])
  const stop = async (name: string, wait: number) => {
    await script(STOP, paths.machine(name), namespaceOf(paths, name), String(wait), portPrefix(name))
    await removeGuards(connection, name)
  }

  return {
    inventory: () => containerInventory(connection, paths),
    ensureImage: async (folder) => {
      await ensureImage(connection, paths, folder, { parts: ['rootfs'], unpack: true })
    },
    ensureControlNetwork: () => ensureControlNetwork(connection),
    ensureNetwork: (network) => ensureNetwork(connection, network),
    removeNetwork: ({ bridge }) => removeNetwork(connection, bridge),
    ensureMachine: async (machine) => {
      checkMachine(machine)
      await readManifest(connection, paths, machine.image)
      return withGuards(connection, machine, () => start(connection, paths, machine, () => stop(machine.name, 0)))
    },
    stopMachine: async (name, { forced = false } = {}) => stop(name, forced ? 0 : GRACE),
    destroyMachine: async (name) => {
      await stop(name, 0)
      await discardFolder(connection, paths.machine(name), paths.trash)
    },
    exportMachine: (name) =>
      packFolder(connection, paths.machine(name), ['upper', 'state', 'console.log', 'console.log.1']),
    importMachine: (name, packed) => unpackFolder(connection, paths, name, packed),
    listMachines: async () => {
      const { stdout } = await script(LIST, paths.machines)
      return stdout.split('\n').filter(Boolean).map(readState)
    },
    openControl: (address) => connection.connect({ host: address, port: CONTROL_PORT }),
    readConsole: async (name, { lastBytes = CONSOLE_BYTES } = {}) =>
      (await script(CONSOLE, paths.machine(name), String(lastBytes))).stdout,
    close: () => connection.close(),
  }
}

async function start(
  connection: HostConnection,
  paths: HostPaths,
  machine: MachineSpec,
  stop: () => Promise<unknown>,
): Promise<MachineState> {
  const folder = paths.machine(machine.name)
  const netns = namespaceOf(paths, machine.name)
  const rootfs = `${paths.image(machine.image)}/rootfs`
  const guest = machine.kind === 'guest'
  const { boot, ...described } = machine
  const state: MachineState = { name: machine.name, uuid: machine.uuid, state: 'running' }
  if (boot !== undefined) await connection.writeFile(`${folder}/boot.json`, JSON.stringify(boot), 0o600)
  await connection.writeFile(`${folder}/machine.json`, JSON.stringify(described))
  const command = nspawnCommand(machine, { machine: folder, root: guest ? `${folder}/root` : rootfs, netns })
  const limits = [String(machine.memoryMiB), String(machine.cpus)]
  const ports = portPrefix(machine.name)
  const argv = ['sh', '-c', START, 'sh', folder, netns, ports, ...limits, guest ? rootfs : '', ...command] as const
  let ran: boolean
  try {
    const input = nicLines(machine, netns).join('\n')
    const { stdout } = await connection.run(['env', `SUPERVISE=${SUPERVISE}`, ...argv], { input })
    ran = stdout.startsWith('runs')
  } catch (error) {
    // What was half made must not stay; the first error is the one to tell.
    await stop().catch(() => {})
    if (isSysvmError(error, 'SYSVM_COMMAND_FAILED'))
      throw new SysvmError('SYSVM_MACHINE_START', `${machine.name} did not start: ${error.details.stderr}.`, {
        details: { machine: machine.name },
        cause: error,
      })
    throw error
  }
  if (ran) {
    await replug(connection, machine, netns)
    if (guest) await connection.run(['sh', '-c', LIMIT, 'sh', netns, ...limits])
  }
  return state
}

/** Two callers may plug the same nic; the slower one looks again. */
const ATTEMPTS = 3

async function replug(connection: HostConnection, machine: MachineSpec, netns: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const lines = replugLines(machine, await readLinks(connection), netns)
    if (lines.length === 0) return
    try {
      await connection.run(['ip', '-batch', '-'], { input: lines.join('\n') })
      return
    } catch (error) {
      if (attempt === ATTEMPTS && isSysvmError(error, 'SYSVM_COMMAND_FAILED'))
        throw nicFailed(machine.name, String(error.details.stderr), error)
      if (attempt === ATTEMPTS) throw error
    }
  }
}

/** Hosts with other state directories may share this machine's names, so those are told apart. */
function namespaceOf(paths: HostPaths, name: string): string {
  if (paths.state === STATE_DIRECTORY) return `sv-${name}`
  return `sv-${createHash('sha256').update(paths.state).digest('hex').slice(0, 6)}-${name}`
}

function readState(line: string): MachineState {
  const { name, uuid } = JSON.parse(line.slice(1)) as Pick<MachineState, 'name' | 'uuid'>
  return { name, uuid, state: line.startsWith('r') ? 'running' : 'stopped' }
}
