import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Lab } from '../lab.ts'
import type { Namespace } from '../namespace.ts'

/** Somebody's machine with WireGuard's own tools. */
export interface WireGuardClient {
  readonly at: Namespace
  /** `wg show DEVICE WHAT`. */
  show(what: string): Promise<string>
  /** Forgets the server and everything. */
  down(): Promise<void>
}

/** Sockets of WireGuard in user space are named by the device, in one folder of the whole machine. */
let made = 0

/** What wg-quick tells of name servers is not for this machine. */
const resolvconf = '#!/bin/sh\nexec cat > /dev/null\n'

/** `wg-quick up` with a configuration as a client gets it, not a word of it changed. */
export const startWireGuard = async (lab: Lab, at: Namespace, configuration: string): Promise<WireGuardClient> => {
  const device = `w${process.pid}x${++made}`
  const file = join(lab.directory, `${device}.conf`)
  const program = join(lab.directory, 'resolvconf')
  await writeFile(program, resolvconf)
  await chmod(program, 0o755)
  await writeFile(file, configuration, { mode: 0o600 })
  const quick = (verb: string) => at.exec(['env', `PATH=${lab.directory}:${process.env.PATH}`, 'wg-quick', verb, file])
  let up = true
  const down = async (): Promise<void> => {
    if (!up) return
    up = false
    await quick('down')
  }
  lab.defer(down)
  await quick('up')
  return { at, show: async (what) => (await at.exec(['wg', 'show', device, what])).stdout, down }
}
