import { setTimeout as sleep } from 'node:timers/promises'
import type { Effects } from '@sysvm/agent/service'
import { addressesOf } from '../interfaces/live.ts'
import { readLive } from '../interfaces/read.ts'
import { isShared, servingAddresses } from '../interfaces/shared.ts'
import type { InterfacesSpec } from '../interfaces/spec.ts'
import { ALONE_FILE, KEEPALIVED_UNIT, OWNER_FILE } from './names.ts'
import { readRole } from './role.ts'

/** VRRP's owner of the addresses serves from its first moment (RFC 9568, 6.4.1), and does not wait for others' silence. */
const OWNER = 'state MASTER\npriority 255\n'
const TRIES = 150
const PAUSE_MS = 20

/** Of an agent that ended in the middle nothing stays: the next end of keepalived is a hand-over again. */
export const forgetOwner = async ({ run, readFile }: Effects): Promise<void> => {
  for (const file of [OWNER_FILE, ALONE_FILE]) if ((await readFile(file)) !== undefined) await run(['rm', '-f', file])
}

/** Not one that was killed and that systemd is about to start again: its peer may serve by now. */
const isAtRest = async ({ run }: Effects): Promise<boolean> => {
  const { stdout } = await run(['systemctl', 'show', '--property=ActiveState', '--value', KEEPALIVED_UNIT])
  return ['inactive', 'failed'].includes(stdout.trim())
}

/**
 * It has addresses that it is to share although no keepalived put them there, so it has served alone until now. Not
 * all of them: some may have come with the change.
 */
export const servesAlone = async ({ interfaces }: InterfacesSpec, effects: Effects): Promise<boolean> => {
  if (!(await isAtRest(effects))) return false
  const { links } = await readLive(effects)
  return interfaces.filter(isShared).some((nic) => {
    const link = links.find(({ ifname }) => ifname === nic.device)
    const have = link === undefined ? [] : addressesOf(link)
    return servingAddresses(nic).some((address) => have.includes(address))
  })
}

/** keepalived begins as the primary without taking an address away for a moment, and has its own priority from then on. */
export const startServing = async (effects: Effects): Promise<void> => {
  await effects.run(['tee', OWNER_FILE], { input: OWNER })
  try {
    await effects.unit('start', KEEPALIVED_UNIT)
    for (let left = TRIES; left > 0 && (await readRole(effects)) !== 'PRIMARY'; left--) await sleep(PAUSE_MS)
  } finally {
    await forgetOwner(effects)
  }
  await effects.unit('reload', KEEPALIVED_UNIT)
}

/** The primary that is alone from now on: by its last words keepalived would take away what it serves with. */
export const endServing = async (effects: Effects): Promise<void> => {
  const { run, unit } = effects
  if ((await readRole(effects)) === 'PRIMARY') await run(['touch', ALONE_FILE])
  try {
    // Also where systemd is about to start it again.
    await unit('stop', KEEPALIVED_UNIT)
  } finally {
    await forgetOwner(effects)
  }
}
