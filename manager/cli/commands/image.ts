import { readFile, realpath } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { SysvmError } from '@sysvm/errors'
import { listImages, publicKeyPath } from '@sysvm/images/build'
import { type Manifest, verifyImage } from '@sysvm/images/manifest'
import type { Command, Context } from '../command.ts'
import { ensureImages } from '../setup/images.ts'
import { columns } from '../table.ts'
import { usageError } from '../usage.ts'

const kinds = ['system', 'guest'] as const

const mebibytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`

/** Hashes that images/out points at: what a manager of this clone uses. */
const current = async (context: Context): Promise<string[]> => {
  const links = kinds.map((kind) => realpath(join(context.settings.top, 'images/out', kind)).catch(() => ''))
  return (await Promise.all(links)).map((path) => basename(path))
}

const facts = (manifest: Manifest, hashes: readonly string[]): Record<string, unknown> => ({
  kind: manifest.kind,
  hash: manifest.hash,
  current: hashes.includes(manifest.hash),
  created: manifest.created,
  diskBytes: manifest.artifacts.disk?.bytes ?? 0,
  packages: manifest.packages.length,
})

const print = (context: Context, manifests: readonly Manifest[], hashes: readonly string[]): void => {
  const items = manifests.map((manifest) => facts(manifest, hashes))
  const rows = items.map((item) => [
    item.current === true ? '*' : '',
    item.kind,
    String(item.hash).slice(0, 12),
    item.created,
    mebibytes(Number(item.diskBytes)),
    item.packages,
  ])
  const text = columns(['', 'kind', 'hash', 'created', 'disk', 'packages'], rows)
  context.print(context.json ? JSON.stringify(items) : text)
}

const build = async (context: Context): Promise<void> => {
  const { system, guest } = await context.progress.step('images', ensureImages)
  print(context, [system.manifest, guest.manifest], await current(context))
}

const list = async (context: Context): Promise<void> => {
  const found = await listImages()
  const sorted = found.map(({ manifest }) => manifest).toSorted((a, b) => a.kind.localeCompare(b.kind))
  print(context, sorted, await current(context))
}

const verify = async (context: Context): Promise<void> => {
  const publicKey = await readFile(publicKeyPath(), 'utf8').catch(() => {
    throw new SysvmError('SYSVM_IMAGE_MISSING', 'no image was built here yet; run: sysvm image build')
  })
  const manifests: Manifest[] = []
  for (const kind of kinds) {
    const folder = join(context.settings.top, 'images/out', kind)
    const check = (): Promise<Manifest> => verifyImage(folder, publicKey)
    manifests.push(await context.progress.step(`${kind} image: signature and digests`, check))
  }
  print(
    context,
    manifests,
    manifests.map((manifest) => manifest.hash),
  )
}

const verbs: Readonly<Record<string, (context: Context) => Promise<void>>> = { build, list, verify }

export const image: Command = {
  name: 'image',
  summary: 'build, list or verify the images',
  usage: 'build|list|verify',
  description: [
    'build   builds the system VM and guest images, or finds them in the cache; needs root',
    'list    the images in the cache that this machine signed; * marks those this clone uses',
    'verify  checks the signature and every digest of those this clone uses',
  ].join('\n'),
  options: {},
  subcommands: Object.keys(verbs),
  async run(context, { words }) {
    const verb = verbs[words[0] ?? '']
    if (verb === undefined) throw usageError(`say what to do: sysvm image ${Object.keys(verbs).join('|')}`)
    await verb(context)
  },
}
