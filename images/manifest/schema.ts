import { z } from 'zod'

const Digest = z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in hex')

/** One file of a built image, beside manifest.json. */
export const Artifact = z.strictObject({
  file: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/),
  bytes: z.int().min(0),
  sha256: Digest,
})

/**
 * `rootfs`: tar of the root filesystem, zstd; its digest is over the uncompressed tar, see `rootfsSha256`.
 * `disk`: qcow2, zstd. `kernel`, `initrd`: for direct boot.
 */
export const Manifest = z.strictObject({
  version: z.literal(1),
  kind: z.enum(['system', 'guest']),
  /** Hash of every input; the folder's name. */
  hash: Digest,
  /** When the newest input was made, ISO 8601; from SOURCE_DATE_EPOCH, not from a clock. */
  created: z.string(),
  architecture: z.enum(['amd64', 'arm64']),
  release: z.string(),
  rootfsSha256: Digest,
  /** Unpacked size of the root filesystem in bytes. */
  rootfsBytes: z.int(),
  artifacts: z.record(z.enum(['rootfs', 'disk', 'kernel', 'initrd', 'sbom']), Artifact),
  /** Kernel command line the image needs, without console or debug flags. */
  kernelArguments: z.array(z.string()),
  packages: z.array(z.strictObject({ name: z.string(), version: z.string() })),
  inputs: z.record(z.string(), z.string()),
  /**
   * Of a system image, for machines that run: they take the firmware of another image of the same platform, which is
   * everything else in it.
   */
  patch: z.strictObject({ platform: Digest, firmware: Artifact }).optional(),
  tools: z.record(z.string(), z.string()),
  /** What the verification in the booted VM found, by check; empty when it was skipped. */
  verification: z.record(z.string(), z.string()),
})
export type Manifest = z.infer<typeof Manifest>
