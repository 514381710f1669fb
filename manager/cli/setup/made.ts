import { chmod, mkdir } from 'node:fs/promises'
import type { Driver } from '../driver.ts'
import { ensureText, readText } from '../files.ts'
import { inState, type Settings } from '../settings.ts'

/** What the cloud of this state directory was made with; undefined when there is none. */
export const madeWith = async (settings: Settings): Promise<Driver | undefined> => {
  const text = await readText(inState(settings, 'up.json'))
  return text === undefined ? undefined : (JSON.parse(text) as { driver: Driver }).driver
}

export const recordMade = async (settings: Settings, driver: Driver): Promise<void> => {
  await mkdir(settings.state, { recursive: true })
  // PostgreSQL runs as its own user and must be able to pass, whoever made the folder and with what umask.
  await chmod(settings.state, 0o755)
  await ensureText(inState(settings, 'up.json'), `${JSON.stringify({ driver })}\n`)
}
