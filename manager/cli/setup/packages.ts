import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runProcess } from '../../hosts/local/process.ts'
import type { Settings } from '../settings.ts'

/** Package sets that `sysvm up` needs; the lists are in .tools/packages. */
const sets = ['build', 'host', 'manager', 'demo'] as const

/** Names from the lists; one that a release of Debian may lack ends with a question mark. */
const wanted = async (settings: Settings): Promise<string[]> => {
  const texts = await Promise.all(
    sets.map((set) => readFile(join(settings.top, '.tools/packages', `${set}.txt`), 'utf8')),
  )
  const lines = texts.flatMap((text) => text.split('\n')).map((line) => line.replace(/#.*/, '').trim())
  return [...new Set(lines.filter((line) => line !== ''))].toSorted()
}

export interface MissingPackages {
  readonly needed: readonly string[]
  /** Installed along with the others where this release of Debian has them. */
  readonly optional: readonly string[]
}

/** Debian packages that are not installed. */
export const missingPackages = async (settings: Settings): Promise<MissingPackages> => {
  const names = await wanted(settings)
  // Asked for all at once: asked by name, it fails when one of them is unknown.
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own format
  const { stdout } = await runProcess(['dpkg-query', '-W', '-f', '${Package} ${db:Status-Status}\n'])
  const installed = new Set(
    stdout.split('\n').flatMap((line) => (line.endsWith(' installed') ? [line.split(' ')[0]] : [])),
  )
  const optional = names.filter((name) => name.endsWith('?')).map((name) => name.slice(0, -1))
  return {
    needed: names.filter((name) => !name.endsWith('?') && !installed.has(name)),
    optional: optional.filter((name) => !installed.has(name)),
  }
}

/** Installs them with apt, without starting any service. */
export const installPackages = async (settings: Settings): Promise<void> => {
  await runProcess([join(settings.top, '.tools/install-packages'), ...sets], { timeoutMs: 1_800_000 })
}
