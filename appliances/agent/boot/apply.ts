import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { SysvmError } from '@sysvm/errors'
import type { Effects } from '../service/index.ts'
import { type Link, linkCommands, missingControl } from './links.ts'
import type { BootParameters } from './parameters.ts'
import { SSH_FOLDER, sshFiles } from './ssh.ts'

/** A virtio nic can appear a moment after its driver is loaded. */
const NIC_WAIT_MS = 5000
const NIC_POLL_MS = 20

const readLinks = async ({ run }: Effects): Promise<Link[]> => {
  const { stdout } = await run(['ip', '-json', 'address', 'show'])
  const links: unknown = JSON.parse(stdout)
  // iproute2 prints an empty object for a namespace without links.
  return Array.isArray(links) ? links.filter((link: Link) => link.ifname !== undefined) : []
}

const waitForControl = async (boot: BootParameters, effects: Effects): Promise<Link[]> => {
  const deadline = performance.now() + NIC_WAIT_MS
  for (;;) {
    const links = await readLinks(effects)
    const missing = missingControl(links, boot)
    if (missing === undefined) return links
    if (performance.now() > deadline) {
      throw new SysvmError(
        'SYSVM_BOOT_NIC_MISSING',
        `No network device has the address ${missing} of the control nic; give the machine the nics its boot parameters name.`,
        { details: { missing } },
      )
    }
    await sleep(NIC_POLL_MS)
  }
}

const writeSshFiles = async (boot: BootParameters, folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o755 })
  for (const { name, text, mode } of sshFiles(boot)) {
    const path = `${folder}/${name}`
    const same = await readFile(path, 'utf8').then(
      (old) => old === text,
      () => false,
    )
    if (same) continue
    await writeFile(`${path}.new`, text, { mode })
    // The mode of writeFile is masked by the umask.
    await chmod(`${path}.new`, mode)
    await rename(`${path}.new`, path)
  }
}

/** Names the nics and puts the control address on the first; sends nothing where all is right already. */
export const applyLinks = async (boot: BootParameters, effects: Effects): Promise<void> => {
  const commands = linkCommands(await waitForControl(boot, effects), boot)
  if (commands.length > 0) await effects.run(['ip', '-batch', '-'], { input: `${commands.join('\n')}\n` })
}

/**
 * Gives the machine its names, its control address and its SSH identity. Idempotent; what is right is left alone.
 * Throws SYSVM_BOOT_NIC_MISSING after 5 s without the control nic.
 */
export const applyBootParameters = async (
  boot: BootParameters,
  effects: Effects,
  folder: string = SSH_FOLDER,
): Promise<void> => {
  await writeSshFiles(boot, folder)
  await applyLinks(boot, effects)
  if (hostname() !== boot.name) await effects.run(['hostname', boot.name])
}
