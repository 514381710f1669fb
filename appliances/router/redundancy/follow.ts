import { setTimeout as sleep } from 'node:timers/promises'
import type { Effects } from '@sysvm/agent/service'
import { LIVE } from '@sysvm/agent/service'
import { KEEPALIVED_FILE } from './names.ts'
import { type RedundantState, readRole } from './role.ts'

/** A file in memory, read ten times a second: keepalived takes its folder along when it ends, and any watch of it. */
const LOOK_MS = 100

/** Whether the generation in force is of one of two routers. */
export const isPaired = async ({ readFile }: Effects): Promise<boolean> =>
  (await readFile(`${LIVE}/${KEEPALIVED_FILE}`)) !== undefined

/** Tells the role that the router has, then each that it takes, until the function returned is called. */
export const followRole = (effects: Effects, listener: (role: RedundantState) => void): (() => void) => {
  let following = true
  const follow = async (): Promise<void> => {
    let last: RedundantState | undefined
    while (following) {
      const role = await readRole(effects).catch(() => last)
      if (following && role !== undefined && role !== last) {
        last = role
        listener(role)
      }
      await sleep(LOOK_MS, undefined, { ref: false })
    }
  }
  void follow()
  return () => {
    following = false
  }
}
