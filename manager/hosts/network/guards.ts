import { isSysvmError } from '@sysvm/errors'
import type { HostConnection } from '../connection.ts'
import type { MachineSpec } from '../driver.ts'
import { type Guards, guardTransaction, parseGuards, trackedBridges, unguardTransaction } from './guard.ts'
import { newZones, parseZones } from './security.ts'

/** Empty where the table is not there: nothing was ever guarded, or somebody flushed the host's ruleset. */
async function readMap<T>(
  connection: HostConnection,
  words: readonly string[],
  parse: (json: string) => ReadonlyMap<string, T>,
): Promise<ReadonlyMap<string, T>> {
  try {
    return parse((await connection.run(['nft', '-j', 'list', 'map', ...words])).stdout)
  } catch (error) {
    if (isSysvmError(error, 'SYSVM_COMMAND_FAILED') && /No such file/.test(String(error.details.stderr)))
      return new Map()
    throw error
  }
}

export const readGuards = (connection: HostConnection): Promise<Guards> =>
  readMap(connection, ['bridge', 'sysvm', 'guards'], parseGuards)

const readZones = (connection: HostConnection): Promise<ReadonlyMap<string, number>> =>
  readMap(connection, ['inet', 'sysvm_security', 'zones'], parseZones)

/** Bridges in the arguments: their packets are shown to the IP hooks, and those of no other bridge. */
const TRACK = `[ -e /proc/sys/net/bridge/bridge-nf-call-iptables ] || modprobe br_netfilter || exit
for bridge do ip link set dev "$bridge" type bridge nf_call_iptables 1 nf_call_ip6tables 1 || exit; done`

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
  const tracked = trackedBridges(machine)
  const zones = tracked.length === 0 ? undefined : newZones(tracked, await readZones(connection))
  await load(connection, guardTransaction(machine, guards, zones))
  if (tracked.length > 0) await connection.run(['sh', '-c', TRACK, 'sh', ...tracked])
  const result = await plug()
  await load(connection, unguardTransaction(machine.name, machine.nics, guards))
  return result
}

/** Once a machine's ports are gone. */
export async function removeGuards(connection: HostConnection, name: string): Promise<void> {
  await load(connection, unguardTransaction(name, [], await readGuards(connection)))
}
