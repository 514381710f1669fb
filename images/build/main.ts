import { parseArgs } from 'node:util'
import { isSysvmError, messageOf } from '@sysvm/errors'
import { type BuiltImage, buildImages, type Progress } from './index.ts'

/** Exit codes, also in docs/reference/image.md. */
const EXIT = { failed: 1, usage: 64, needs: 77 } as const

const mebibytes = (bytes: number): string => `${(bytes / 1048576).toFixed(1)} MiB`

const printStep: Progress = ({ step, seconds, detail }) => {
  const live = process.stderr.isTTY
  if (seconds !== undefined) {
    const end = live ? '\u001B[K\n' : '\n'
    process.stderr.write(`  ✓ ${step}  ${seconds.toFixed(1)} s${detail === undefined ? '' : `  ${detail}`}${end}`)
  } else if (live) process.stderr.write(`  … ${step}\u001B[K\r`)
}

const describe = (name: string, { manifest, folder, cached }: BuiltImage): string => {
  const { rootfs, disk } = manifest.artifacts
  const packages = manifest.kind === 'system' ? `, ${manifest.packages.length} packages` : ''
  return `${name} ${manifest.hash.slice(0, 12)} ${cached ? 'from the cache' : 'built'}: root filesystem ${mebibytes(rootfs.bytes)}, disk ${mebibytes(disk.bytes)}${packages}\n  ${folder}\n`
}

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      'no-verify': { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  })
  const built = await buildImages({
    verify: !values['no-verify'],
    ...(values.out !== undefined && { out: values.out }),
    ...(!values.json && { progress: printStep }),
  })
  if (values.json) {
    process.stdout.write(`${JSON.stringify(built)}\n`)
    return
  }
  if (built.offline) process.stderr.write('  the package archive was out of reach: versions are those last resolved\n')
  process.stdout.write(describe('system', built.system) + describe('guest ', built.guest))
}

const exitCode = (error: unknown): number => {
  if (isSysvmError(error, 'SYSVM_NEEDS_ROOT') || isSysvmError(error, 'SYSVM_IMAGE_TOOLS')) return EXIT.needs
  if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
    return EXIT.usage
  return EXIT.failed
}

main().catch((error: unknown) => {
  process.stderr.write(`image: ${messageOf(error)}\n`)
  process.exitCode = exitCode(error)
})
