import { createHash, createPublicKey, verify } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { messageOf, SysvmError } from '@sysvm/errors'
import { z } from 'zod'
import { Manifest } from './schema.ts'

type Artifact = Manifest['artifacts'][keyof Manifest['artifacts']]

const readPart = async (folder: string, name: string): Promise<Buffer> => {
  try {
    return await readFile(join(folder, name))
  } catch (cause) {
    throw new SysvmError(
      'SYSVM_IMAGE_MISSING',
      `There is no whole image in ${folder}: ${messageOf(cause)}; run \`make image\`.`,
      {
        cause,
      },
    )
  }
}

/** Reads a manifest whose signature a key has made. Throws SYSVM_IMAGE_MISSING, _SIGNATURE or _INVALID. */
export const readSignedManifest = async (folder: string, publicKey: string): Promise<Manifest> => {
  const [text, signature] = await Promise.all([
    readPart(folder, 'manifest.json'),
    readPart(folder, 'manifest.json.sig'),
  ])
  let genuine = false
  try {
    genuine = verify(null, text, createPublicKey(publicKey), Buffer.from(signature.toString(), 'base64'))
  } catch (cause) {
    throw new SysvmError('SYSVM_IMAGE_SIGNATURE', `The image key cannot be used: ${messageOf(cause)}.`, { cause })
  }
  if (!genuine) {
    throw new SysvmError(
      'SYSVM_IMAGE_SIGNATURE',
      `The manifest of the image in ${folder} is not signed by the key the manager trusts; do not use the image, build or fetch it again.`,
      { details: { folder } },
    )
  }
  const parsed = Manifest.safeParse(JSON.parse(text.toString()))
  if (parsed.success) return parsed.data
  throw new SysvmError(
    'SYSVM_IMAGE_INVALID',
    `The manifest in ${folder} does not fit this version of sysvm: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`,
  )
}

const checkArtifact = async (folder: string, { file, bytes, sha256 }: Artifact): Promise<void> => {
  const path = join(folder, file)
  const size = await stat(path).then(
    (found) => found.size,
    () => undefined,
  )
  const refuse = (what: string): never => {
    throw new SysvmError(
      'SYSVM_IMAGE_INVALID',
      `${file} of the image in ${folder} ${what}; build or fetch the image again.`,
      {
        details: { folder, file },
      },
    )
  }
  if (size === undefined) return refuse('is not there')
  if (size !== bytes) return refuse(`has ${size} bytes and not the ${bytes} of its manifest`)
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
  const digest = hash.digest('hex')
  if (digest !== sha256) refuse(`has the SHA-256 ${digest} and not the ${sha256} of its manifest`)
}

/**
 * What the manager does before it uses an image: the signature over the manifest, then size and SHA-256 of every
 * artifact. `publicKey` is PEM. Throws SYSVM_IMAGE_MISSING, SYSVM_IMAGE_SIGNATURE or SYSVM_IMAGE_INVALID.
 */
export const verifyImage = async (folder: string, publicKey: string): Promise<Manifest> => {
  const manifest = await readSignedManifest(folder, publicKey)
  for (const artifact of Object.values(manifest.artifacts)) await checkArtifact(folder, artifact)
  if (manifest.patch !== undefined) await checkArtifact(folder, manifest.patch.firmware)
  return manifest
}
