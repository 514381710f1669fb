import { setTimeout as sleep } from 'node:timers/promises'
import type { Change, Effects } from '@sysvm/agent/service'
import { command } from './control.ts'
import { hasNewDevice } from './devices.ts'
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

/** How a server of Kea's comes to have its new file. */
export type Renewal = 'none' | 'reload' | 'restart'

/** Has a server of Kea's run with the file that is live, the least disturbing way, and waits until it answers. */
export const renewKea = async (effects: Effects, unit: string, socket: string, how: Renewal): Promise<void> => {
  // What just started has read the file.
  if (!(await effects.unitActive(unit))) await effects.unit('start', unit)
  else if (how === 'restart') await effects.unit('restart', unit)
  else if (how === 'reload') {
    await untilAnswers(effects, socket)
    await command(effects, 'config-reload', undefined, socket)
  }
  await untilAnswers(effects, socket)
}

/** Starts Kea, or has the running one take the new file without missing a packet. */
export const apply = async ({ before, after, files }: Change<DhcpSpec>, effects: Effects): Promise<void> => {
  if (after === undefined) return effects.unit('stop', UNIT)
  if (before !== undefined && files.length === 0 && (await effects.unitActive(UNIT))) return
  await renewKea(effects, UNIT, SOCKET, hasNewDevice(before, after) ? 'restart' : 'reload')
  await endStaleLeases(after, effects)
}
