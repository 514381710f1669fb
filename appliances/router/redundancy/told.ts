import type { Effects } from '@sysvm/agent/service'
import { followRole } from './follow.ts'

/** Machines whose roles are told, and how that ends: a process has one. */
const told = new WeakMap<Effects, () => void>()

/** From now on each change of the router's role is an event of the machine. */
export const tellRoles = (effects: Effects): void => {
  const { tell } = effects
  if (told.has(effects) || tell === undefined) return
  told.set(
    effects,
    followRole(effects, (state) => tell('redundancy', { state })),
  )
}

/** It is one of two no more. */
export const tellNoRoles = (effects: Effects): void => {
  told.get(effects)?.()
  told.delete(effects)
}
