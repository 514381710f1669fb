import { createHash, sign } from 'node:crypto'
import { mkdir, readdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Manifest } from '@sysvm/images/manifest'

const out = join(import.meta.dirname, '../../../images/out')
const key = join(process.env.SYSVM_CACHE ?? '/var/cache/sysvm', 'keys/image.ed25519')

const digest = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')

/** An image folder in which the newest system image differs from the one that was built in its firmware alone. */
export const withNewerFirmware = async (
  folder: string,
): Promise<{ readonly folder: string; readonly hash: string }> => {
  const [built, guest] = [await realpath(join(out, 'system')), await realpath(join(out, 'guest'))]
  const manifest = Manifest.parse(JSON.parse(await readFile(join(built, 'manifest.json'), 'utf8')))
  if (manifest.patch === undefined) throw new Error('the image that was built has no firmware for machines that run')
  const { firmware } = manifest.patch
  const bundle = Buffer.concat([Buffer.from('// newer\n'), await readFile(join(built, firmware.file))])
  const hash = digest(`${manifest.hash} with newer firmware`)
  const patch = { ...manifest.patch, firmware: { ...firmware, bytes: bundle.length, sha256: digest(bundle) } }
  const made = join(folder, hash)
  await mkdir(made, { recursive: true })
  const own = new Set(['manifest.json', 'manifest.json.sig', firmware.file])
  for (const file of await readdir(built)) if (!own.has(file)) await symlink(join(built, file), join(made, file))
  await writeFile(join(made, firmware.file), bundle)
  const text = Buffer.from(JSON.stringify({ ...manifest, hash, patch }))
  await writeFile(join(made, 'manifest.json'), text)
  await writeFile(join(made, 'manifest.json.sig'), sign(null, text, await readFile(key)).toString('base64'))
  for (const image of [built, guest]) await symlink(image, join(folder, basename(image)))
  await symlink(basename(guest), join(folder, 'guest'))
  await symlink(hash, join(folder, 'system'))
  return { folder, hash }
}
