import { readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { isSysvmError, messageOf, SysvmError } from '@sysvm/errors'
import { Manifest } from '@sysvm/images/manifest'
import type { HostConnection } from '../connection.ts'
import type { HostPaths } from '../paths.ts'

type Part = keyof Manifest['artifacts']

export interface ImageNeeds {
  /** Artifacts the driver uses. */
  readonly parts: readonly Part[]
  /** Unpack `rootfs` to a folder. */
  readonly unpack: boolean
}

/** $1: file, $2: digest. What was uploaded is used only when it is what the manifest says. */
const ACCEPT = `set -e
sum=$(sha256sum -- "$1.part"); [ "\${sum%% *}" = "$2" ] || { rm -f -- "$1.part"; echo "its SHA-256 is \${sum%% *}" >&2; exit 1; }
mv -f -- "$1.part" "$1"`

/** $1: image folder, $2: archive. Made beside and renamed, by one at a time: a folder that is there is whole. */
const UNPACK = `set -e
[ ! -d "$1/rootfs" ] || exit 0
exec 9>"$1/lock"; flock 9
[ ! -d "$1/rootfs" ] || exit 0
rm -rf -- "$1/rootfs.part"
mkdir -- "$1/rootfs.part"
tar --extract --file="$1/$2" --use-compress-program=zstd --directory="$1/rootfs.part" --numeric-owner --preserve-permissions --xattrs --xattrs-include='*' 9>&-
mv -- "$1/rootfs.part" "$1/rootfs"`

/** Makes an image usable on a host. The folder must have been verified: only the digests are looked at here. */
export async function ensureImage(
  connection: HostConnection,
  paths: HostPaths,
  folder: string,
  needs: ImageNeeds,
): Promise<Manifest> {
  const text = await readFile(join(folder, 'manifest.json')).catch((cause) => {
    throw new SysvmError('SYSVM_IMAGE_MISSING', `There is no image in ${folder}: ${messageOf(cause)}.`, { cause })
  })
  const manifest = Manifest.parse(JSON.parse(text.toString()))
  const there = paths.image(manifest.hash)
  const rootfs = manifest.artifacts.rootfs
  const unpack = needs.unpack && rootfs !== undefined
  const artifacts = needs.parts.map((part) => manifest.artifacts[part]).filter((artifact) => artifact !== undefined)
  const whole = [...artifacts.map(({ file }) => file), ...(unpack ? ['rootfs'] : []), 'manifest.json']
  if (await exists(connection, ...whole.map((file) => `${there}/${file}`))) return manifest
  for (const artifact of artifacts) {
    const remote = `${there}/${artifact.file}`
    if (await exists(connection, remote)) continue
    if (connection.kind === 'local') {
      await connection.run(['mkdir', '-p', there])
      await connection.run(['ln', '-sfn', await realpath(join(folder, artifact.file)), remote])
    } else {
      await connection.upload(join(folder, artifact.file), `${remote}.part`)
      await connection.run(['sh', '-c', ACCEPT, 'sh', remote, artifact.sha256])
    }
  }
  if (unpack) await connection.run(['sh', '-c', UNPACK, 'sh', there, rootfs.file], { timeoutMs: 600_000 })
  // Last: where the manifest is, all else is.
  await connection.writeFile(`${there}/manifest.json`, text)
  return manifest
}

/** Whether all of these are there. */
async function exists(connection: HostConnection, ...files: readonly string[]): Promise<boolean> {
  try {
    await connection.run(['sh', '-c', 'for file do [ -e "$file" ] || exit 1; done', 'sh', ...files])
    return true
  } catch (error) {
    if (isSysvmError(error, 'SYSVM_COMMAND_FAILED') && error.details.exitCode === 1) return false
    throw error
  }
}

export async function readManifest(connection: HostConnection, paths: HostPaths, hash: string): Promise<Manifest> {
  const text = await connection.readFile(`${paths.image(hash)}/manifest.json`)
  if (text === undefined)
    throw new SysvmError('SYSVM_IMAGE_MISSING', `The image ${hash} is not on the host.`, { details: { image: hash } })
  return Manifest.parse(JSON.parse(Buffer.from(text).toString()))
}
