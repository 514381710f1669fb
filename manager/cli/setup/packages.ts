import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runProcess } from '../../hosts/local/process.ts'
import type { Settings } from '../settings.ts'

/** Package sets that `sysvm up` needs; the lists are in .tools/packages. */
const sets = ['build', 'host', 'manager', 'demo'] as const

const wanted = async (settings: Settings): Promise<string[]> => {
  const texts = await Promise.all(
    sets.map((set) => readFile(join(settings.top, '.tools/packages', `${set}.txt`), 'utf8')),
  )
  const lines = texts.flatMap((text) => text.split('\n')).map((line) => line.replace(/#.*/, '').trim())
  // What a release of Debian may lack is marked so, and can be done without.
  return [...new Set(lines.filter((line) => line !== '' && !line.endsWith('?')))].toSorted()
}

/** Debian packages that are needed and not installed. */
export const missingPackages = async (settings: Settings): Promise<string[]> => {
  const names = await wanted(settings)
  // Asked for all at once: asked by name, it fails when one of them is unknown.
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own format
  const { stdout } = await runProcess(['dpkg-query', '-W', '-f', '${Package} ${db:Status-Status}\n'])
  const installed = new Set(
    stdout.split('\n').flatMap((line) => (line.endsWith(' installed') ? [line.split(' ')[0]] : [])),
  )
  return names.filter((name) => !installed.has(name))
}

/** Installs them with apt, without starting any service. */
export const installPackages = async (settings: Settings): Promise<void> => {
  await runProcess([join(settings.top, '.tools/install-packages'), ...sets], { timeoutMs: 1_800_000 })
}
