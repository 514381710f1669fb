import { isSysvmError } from '@sysvm/errors'
import type { HostConnection } from '../connection.ts'
import type { MachineNic, MachineSpec } from '../driver.ts'
import { nicFailed } from '../outcome.ts'
import { portName } from '../paths.ts'
import { nicXml } from './domain.ts'
import { virsh } from './virsh.ts'

/** A nic as `virsh domiflist` tells it. */
export interface LiveNic {
  readonly port: string
  readonly bridge: string
  readonly mac: string
}

/** How long a machine may take to let go of a nic, in milliseconds: one that boots or is emulated is slow to answer. */
const RELEASE_MS = 40_000
/** It is asked again this often, because one that has not yet booted does not hear it. */
const ASK_MS = 2000
const LOOK_MS = 100

/**
 * $1: machine's folder, $2: verb of virsh, $3: its name; a nic's XML on standard input. One caller at a time, or two
 * would plug the same nic.
 */
const CHANGE = `
exec 9>"$1/lock"; flock 9
LC_ALL=C virsh --quiet --connect qemu:///system "$2" "$3" /dev/stdin --live 9>&-`

/** Lines of `virsh domiflist`: port, type, source, model and MAC address. */
export const parseNics = (text: string): LiveNic[] =>
  text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([port = '', , bridge = '', , mac]) => (mac === undefined ? [] : [{ port, bridge, mac }]))

export const liveNics = async (connection: HostConnection, machine: string): Promise<LiveNic[]> =>
  parseNics(await virsh(connection, ['domiflist', machine]))

const isSame = (machine: string, nic: MachineNic, live: LiveNic): boolean =>
  live.mac === nic.mac && live.port === portName(machine, nic)

/** What is to be unplugged, plugged in and moved to another bridge. Pure. */
export const planNics = ({ name, nics }: MachineSpec, live: readonly LiveNic[]) => ({
  gone: live.filter((one) => !nics.some((nic) => isSame(name, nic, one))),
  added: nics.filter((nic) => !live.some((one) => isSame(name, nic, one))),
  moved: nics.filter((nic) => live.some((one) => isSame(name, nic, one) && one.bridge !== nic.bridge)),
})

export const isPlugged = (machine: MachineSpec, live: readonly LiveNic[]): boolean =>
  Object.values(planNics(machine, live)).every((nics) => nics.length === 0)

/** Said of a nic that went while it was asked to, or is about to. */
const isGoing = (error: unknown): boolean =>
  isSysvmError(error, 'SYSVM_COMMAND_FAILED') &&
  /already in the process of unplug|no (matching )?(network )?device|not found/i.test(String(error.details.stderr))

/** QEMU only asks the machine's kernel to let go; the nic is gone when libvirt no longer lists it. */
async function unplug(connection: HostConnection, machine: string, mac: string): Promise<void> {
  const words = ['detach-interface', machine, 'bridge', '--mac', mac, '--live']
  const deadline = performance.now() + RELEASE_MS
  for (let asked = -Infinity; ; await new Promise((resolve) => setTimeout(resolve, LOOK_MS))) {
    if (performance.now() > deadline)
      throw nicFailed(machine, `it does not let go of ${mac} within ${RELEASE_MS / 1000} s`)
    if (performance.now() - asked > ASK_MS) {
      await virsh(connection, words).catch((error) => {
        if (!isGoing(error)) throw error
      })
      asked = performance.now()
    }
    if (!(await liveNics(connection, machine)).some((nic) => nic.mac === mac)) return
  }
}

/** Unplugs, plugs in and moves nics of a domain that runs, until they are the machine's. */
export async function plugNics(connection: HostConnection, folder: string, machine: MachineSpec): Promise<void> {
  const { name } = machine
  const plan = async () => planNics(machine, await liveNics(connection, name))
  const change = async (verb: 'attach-device' | 'update-device', nic: MachineNic): Promise<void> => {
    try {
      await connection.run(['sh', '-c', CHANGE, 'sh', folder, verb, name], { input: nicXml(name, nic) })
    } catch (error) {
      // Somebody else may have been quicker with this one, and be busy with the next.
      const { added, moved } = await plan()
      if ([...added, ...moved].some(({ mac }) => mac === nic.mac)) throw error
    }
  }
  try {
    // First: what comes may take over the port of what goes.
    for (const { mac } of (await plan()).gone) await unplug(connection, name, mac)
    const { added, moved } = await plan()
    for (const nic of added) await change('attach-device', nic)
    for (const nic of moved) await change('update-device', nic)
  } catch (error) {
    if (!isSysvmError(error, 'SYSVM_COMMAND_FAILED')) throw error
    // Somebody else was quicker.
    if (isPlugged(machine, await liveNics(connection, name))) return
    throw nicFailed(name, String(error.details.stderr), error)
  }
}
