import { glob, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { $ } from './shell.ts'

/** Removes what the globs match below root. Patterns are from the root, without a leading slash. */
export const drop = async (root: string, patterns: readonly string[]): Promise<void> => {
  for (const pattern of patterns) {
    if (pattern.startsWith('/') || pattern.includes('..')) throw new Error(`Pattern leaves the root: ${pattern}`)
    // Found first, removed then: a folder that goes while it is walked would be an error.
    const found: string[] = []
    for await (const path of glob(pattern, { cwd: root })) found.push(path)
    for (const path of found) await rm(join(root, path), { recursive: true, force: true })
  }
}

/** Lines of modules.dep: "kernel/a.ko.xz: kernel/b.ko.xz kernel/c.ko.xz". */
const dependencies = (text: string): Map<string, string[]> =>
  new Map(
    text.split('\n').flatMap((line) => {
      const [module, rest] = line.split(':')
      return module === undefined || rest === undefined ? [] : [[module, rest.trim().split(' ').filter(Boolean)]]
    }),
  )

/** Modules to keep: those that a name or folder of the list covers, and all they depend on. Pure. */
export const modulesToKeep = (modulesDep: string, wanted: readonly string[]): Set<string> => {
  const known = dependencies(modulesDep)
  const covers = (module: string): boolean =>
    wanted.some((name) => module.startsWith(`kernel/${name}/`) || module.replace(/\.ko.*$/, '') === `kernel/${name}`)
  return new Set([...known].flatMap(([module, needs]) => (covers(module) ? [module, ...needs] : [])))
}

/** Leaves only wanted modules and rebuilds the indexes. */
export const pruneModules = async (root: string, wanted: readonly string[]): Promise<void> => {
  const modules = join(root, 'usr/lib/modules')
  for (const release of await readdir(modules)) {
    const folder = join(modules, release)
    const keep = modulesToKeep(await readFile(join(folder, 'modules.dep'), 'utf8'), wanted)
    for await (const path of glob('kernel/**/*.ko*', { cwd: folder })) {
      if (!keep.has(path)) await rm(join(folder, path))
    }
    await $`depmod --basedir ${join(root, 'usr')} ${release}`
  }
}
