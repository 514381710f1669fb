import { setTimeout as sleep } from 'node:timers/promises'
import type { Change, Effects } from '@sysvm/agent/service'
import { command } from './control.ts'
import { endStaleLeases } from './leases.ts'
import { SOCKET } from './render.ts'
import type { DhcpSpec } from './spec.ts'

export const UNIT = 'sysvm-kea-dhcp4.service'
const START_TRIES = 100
const START_PAUSE_MS = 50

/** Kea opens its control socket a moment after its start. */
const untilAnswers = async (effects: Effects, socket: string): Promise<void> => {
  for (let left = START_TRIES; ; left--) {
    try {
      await command(effects, 'version-get', undefined, socket)
      return
    } catch (error) {
      if (left === 0) throw error
    }
    await sleep(START_PAUSE_MS)
  }
}

/** Waits for a server of Kea's; one that ran before is told to read its file again. */
export const reloadKea = async (effects: Effects, socket: string, stale: boolean): Promise<void> => {
  await untilAnswers(effects, socket)
  if (stale) await command(effects, 'config-reload', undefined, socket)
}

/** Starts Kea, or has the running one take the new file without missing a packet. */
export const apply = async ({ before, after, files }: Change<DhcpSpec>, effects: Effects): Promise<void> => {
  if (after === undefined) return effects.unit('stop', UNIT)
  const active = await effects.unitActive(UNIT)
  if (active && before !== undefined && files.length === 0) return
  if (!active) await effects.unit('start', UNIT)
  // What just started has read the file.
  await reloadKea(effects, SOCKET, active)
  await endStaleLeases(after, effects)
}
