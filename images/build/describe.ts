import type { KeyObject } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Manifest } from '../manifest/index.ts'
import { sha256File } from './digest.ts'
import { created } from './epoch.ts'
import { $ } from './shell.ts'
import { writeSigned } from './sign.ts'

const FILES = {
  rootfs: 'rootfs.tar.zst',
  disk: 'disk.qcow2',
  kernel: 'vmlinuz',
  initrd: 'initrd.img',
  sbom: 'sbom.json',
} as const

/** A file of a finished image, as its manifest names it. */
export const artifact = async (folder: string, file: string) => ({
  file,
  bytes: (await stat(join(folder, file))).size,
  sha256: await sha256File(join(folder, file)),
})

/** First line of what a program calls itself; `absent` when it is not there. */
const version = async (program: string, ...args: string[]): Promise<string> => {
  const output = await $`${program} ${args}`.nothrow()
  return output.exitCode === 0 ? (output.stdout.trim().split('\n')[0] ?? '') : 'absent'
}

export const toolVersions = async (): Promise<Record<string, string>> => ({
  node: process.version,
  mmdebstrap: await version('mmdebstrap', '--version'),
  qemu: await version('qemu-system-x86_64', '--version'),
  packer: await version('packer', 'version'),
  zstd: await version('zstd', '--version'),
  e2fsprogs: await version('dpkg-query', '--show', 'e2fsprogs'),
  busybox: await version('dpkg-query', '--show', 'busybox-static'),
})

type Facts = Omit<Manifest, 'version' | 'created' | 'architecture' | 'release' | 'artifacts' | 'tools'>

/** Writes the manifest of the artifacts in a folder, and its signature. */
export const writeManifest = async (folder: string, facts: Facts, key: KeyObject): Promise<Manifest> => {
  const manifest = Manifest.parse({
    version: 1,
    created,
    architecture: 'amd64',
    release: 'Debian 13 (trixie)',
    ...facts,
    artifacts: {
      rootfs: await artifact(folder, FILES.rootfs),
      disk: await artifact(folder, FILES.disk),
      kernel: await artifact(folder, FILES.kernel),
      initrd: await artifact(folder, FILES.initrd),
      sbom: await artifact(folder, FILES.sbom),
    },
    tools: await toolVersions(),
  })
  await writeSigned(folder, `${JSON.stringify(manifest, undefined, 1)}\n`, key)
  return manifest
}
