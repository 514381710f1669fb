import { createPublicKey } from 'node:crypto'
import { readFile, realpath } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { readCredential } from '@sysvm/agent/boot/credential'
import { type Chosen, chooseFirmware, inForceLink, RUNNING } from '@sysvm/agent/firmware/choose'
import { firmwareFolder } from '@sysvm/agent/firmware/kept'
import { log } from '@sysvm/agent/log'
import { messageOf } from '@sysvm/errors'
import { guard } from './guard.ts'

/** The firmware that the image was built with. */
const IMAGE = '/usr/lib/sysvm/firmware.mjs'
const RUN = '/run/sysvm'
const FOLDER = firmwareFolder('/var/lib/sysvm')

/** Whatever keeps a machine from looking at a patch must not keep it from its image's firmware. */
const choose = async (): Promise<Chosen> => {
  try {
    const boot = await readCredential()
    if (boot === undefined) return { path: IMAGE }
    const { name, managerKey } = JSON.parse(boot) as { readonly name: string; readonly managerKey: string }
    const key = createPublicKey({ key: Buffer.from(managerKey, 'base64'), format: 'der', type: 'spki' })
    const platform = (await readFile('/etc/sysvm/platform', 'utf8')).trim()
    return await chooseFirmware(FOLDER, RUN, IMAGE, { machine: name, platform, managerKey: key })
  } catch (error) {
    log('error', `the firmware of the image is used: ${messageOf(error)}`)
    return { path: IMAGE }
  }
}

/** The agent decides what is in force; what runs beside it follows. */
const pathFor = async (command: string): Promise<string> => {
  if (command !== 'agent') return realpath(inForceLink(RUN)).catch(() => IMAGE)
  const { path, running, seconds } = await choose()
  if (running !== undefined) process.env[RUNNING] = JSON.stringify(running)
  if (seconds !== undefined) guard(`${FOLDER}/trial`, seconds)
  return path
}

/** The one program of a system VM that no patch replaces: it runs the firmware that is in force, or on trial. */
const [command = 'agent'] = process.argv.slice(2)
await import(pathToFileURL(await pathFor(command)).href)
