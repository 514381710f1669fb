import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { sources } from './programs.ts'

const top = join(import.meta.dirname, '../..')
/** Always the same path: compiled code is cached by it. */
const folder = join(top, 'node_modules/.cache/programs')

const replace = async (path: string, text: string | Uint8Array): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.${process.pid}`, text)
  await rename(`${path}.${process.pid}`, path)
}

/** One file of each program: of a thousand sources most of the start is spent on finding them. */
const bundle = async (): Promise<void> => {
  const { outputFiles } = await build({
    entryPoints: Object.entries(sources).map(([out, path]) => ({ in: join(top, path), out })),
    outdir: folder,
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    conditions: ['source'],
    logLevel: 'silent',
    // Looks for files beside its own; the other one is optional and not installed.
    external: ['ssh2', 'pg-native'],
    banner: {
      js: "import{createRequire as sysvmRequire}from'node:module';const require=sysvmRequire(import.meta.url);",
    },
  })
  await replace(join(folder, 'package.json'), '{"type":"module"}')
  for (const { path, contents } of outputFiles) await replace(path, contents)
}

/** Before all tests of a vitest run: what they have in common. */
export const setup = async (): Promise<() => Promise<void>> => {
  await bundle()
  process.env.SYSVM_TEST_PROGRAMS = folder
  const run = await mkdtemp(join(tmpdir(), 'run-'))
  // PostgreSQL's own user must be able to pass through.
  await chmod(run, 0o711)
  process.env.SYSVM_TEST_RUN = run
  return () => rm(run, { recursive: true, force: true })
}
