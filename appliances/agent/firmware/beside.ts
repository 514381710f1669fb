import { readFile, readlink, writeFile } from 'node:fs/promises'
import { messageOf } from '@sysvm/errors'
import { log } from '../log.ts'
import type { Effects } from '../service/index.ts'
import { inForceLink } from './choose.ts'

/** On tmpfs: the firmware that the programs beside the agent were last seen to. */
const notePath = (run: string): string => `${run}/firmware.beside`

/**
 * Starts the programs of this firmware that run beside the agent again, where they are of another than the one in force.
 * Its note comes last, so that a death in between is made good by the next agent.
 */
export const followBeside = async (run: string, units: readonly string[], effects: Effects): Promise<void> => {
  const inForce = await readlink(inForceLink(run)).catch(() => undefined)
  if (inForce === undefined) return
  const seen = await readFile(notePath(run), 'utf8').catch(() => undefined)
  if (seen === inForce) return
  try {
    // At the first start of a boot they run of nothing else.
    if (seen !== undefined)
      for (const unit of units) if (await effects.unitActive(unit)) await effects.unit('restart', unit)
    await writeFile(notePath(run), inForce)
  } catch (error) {
    log('warning', `a program of the former firmware may still run: ${messageOf(error)}`)
  }
}
