import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { withWorkFolder, writeBeside } from './cache.ts'
import { sha256 } from './digest.ts'
import { cachePath } from './paths.ts'
import { $, step } from './shell.ts'
import { type Source, sourceLines } from './sources.ts'

/** The exact packages that a list of names means in one state of the archive: "name=version", sorted. */
const Resolution = z.strictObject({ state: z.string(), packages: z.array(z.string()) })

export interface Resolved {
  readonly packages: readonly string[]
  /** True when the archive could not be asked and the last answer was taken. */
  readonly offline: boolean
}

/** Digest of the archive's signed index files; undefined when they cannot be fetched. apt-helper knows the proxies. */
const archiveState = async (sources: readonly Source[]): Promise<string | undefined> =>
  withWorkFolder('state', async (folder) => {
    const files = await Promise.all(
      sources.map(async ({ site, suite }) => {
        const path = join(folder, suite)
        const { exitCode } =
          await $`/usr/lib/apt/apt-helper download-file ${`${site}/dists/${suite}/InRelease`} ${path}`.nothrow()
        return exitCode === 0 ? readFile(path, 'utf8') : undefined
      }),
    )
    return files.includes(undefined) ? undefined : sha256(files.join('\n'))
  })

/** Asks apt, with an empty machine of its own, what would be installed. The index is checked against Debian's keys. */
const askApt = async (sources: readonly Source[], names: readonly string[]): Promise<string[]> =>
  withWorkFolder('resolve', async (folder) => {
    for (const part of ['etc/apt.conf.d', 'etc/preferences.d', 'state/lists/partial', 'cache/archives/partial']) {
      await mkdir(join(folder, part), { recursive: true })
    }
    await writeFile(join(folder, 'status'), '')
    await writeFile(join(folder, 'etc/sources.list'), `${sourceLines(sources).join('\n')}\n`)
    const options = [
      `Dir::Etc::sourcelist=${folder}/etc/sources.list`,
      `Dir::Etc::sourceparts=${folder}/none`,
      `Dir::Etc::preferencesparts=${folder}/etc/preferences.d`,
      `Dir::State=${folder}/state`,
      `Dir::State::status=${folder}/status`,
      `Dir::Cache=${folder}/cache`,
      'APT::Sandbox::User=root',
      'APT::Install-Recommends=false',
    ].flatMap((option) => ['-o', option])
    await step('Reading the package index', () => $`apt-get ${options} update -qq`)
    const { stdout } = await step('Resolving the packages', async () => {
      const essential = await $`apt-get ${options} indextargets --format ${'$(FILENAME)'} ${'Created-By: Packages'}`
      const index = await $`/usr/lib/apt/apt-helper cat-file ${essential.stdout.trim().split('\n')}`
      const always = [
        ...new Set(
          [...index.stdout.matchAll(/^Package: (\S+)\n(?:.+\n)*?Essential: yes$/gm)].map(([, name]) => name ?? ''),
        ),
      ]
      return $`apt-get ${options} install --simulate ${always} ${names}`
    })
    return [...stdout.matchAll(/^Inst (\S+) \((\S+) /gm)].map(([, name, version]) => `${name}=${version}`).sort()
  })

/**
 * Exact package set for names. While the archive's index is the one of the last answer, that answer stands, which takes
 * a fraction of a second; without a network the last answer stands too, and `offline` says so.
 */
export const resolvePackages = async (sources: readonly Source[], names: readonly string[]): Promise<Resolved> => {
  const path = cachePath('resolved', `${sha256(JSON.stringify([names, sources]))}.json`)
  const last = await readFile(path, 'utf8').then(
    (text) => Resolution.safeParse(JSON.parse(text)).data,
    () => undefined,
  )
  const state = await archiveState(sources)
  if (last !== undefined && (state === undefined || state === last.state)) {
    return { packages: last.packages, offline: state === undefined }
  }
  const packages = await askApt(sources, names)
  await writeBeside(path, JSON.stringify({ state: state ?? '', packages }))
  return { packages, offline: false }
}
