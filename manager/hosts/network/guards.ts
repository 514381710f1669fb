import { isSysvmError } from '@sysvm/errors'
import type { HostConnection } from '../connection.ts'
import type { MachineSpec } from '../driver.ts'
import { type Guards, guardTransaction, parseGuards, unguardTransaction } from './guard.ts'

const READ = ['nft', '-j', 'list', 'map', 'bridge', 'sysvm', 'guards'] as const

/** None where the table is not there: nothing was ever guarded, or somebody flushed the host's ruleset. */
export async function readGuards(connection: HostConnection): Promise<Guards> {
  try {
    return parseGuards((await connection.run([...READ])).stdout)
  } catch (error) {
    if (isSysvmError(error, 'SYSVM_COMMAND_FAILED') && /No such file/.test(String(error.details.stderr)))
      return new Map()
    throw error
  }
}

async function load(connection: HostConnection, text: string | undefined): Promise<void> {
  if (text !== undefined) await connection.run(['nft', '-f', '-'], { input: text })
}

/**
 * Runs `plug`, which makes or changes the machine's ports: they are guarded before the first frame and as long as
 * they are there.
 */
export async function withGuards<T>(
  connection: HostConnection,
  machine: MachineSpec,
  plug: () => Promise<T>,
): Promise<T> {
  const guards = await readGuards(connection)
  await load(connection, guardTransaction(machine, guards))
  const result = await plug()
  await load(connection, unguardTransaction(machine.name, machine.nics, guards))
  return result
}

/** Once a machine's ports are gone. */
export async function removeGuards(connection: HostConnection, name: string): Promise<void> {
  await load(connection, unguardTransaction(name, [], await readGuards(connection)))
}
