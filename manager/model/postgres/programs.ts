import { type ExecFileException, execFile } from 'node:child_process'
import { access, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SysvmError } from '@sysvm/errors'

/** User and group that PostgreSQL runs as; undefined: those of the manager. It refuses to run as root. */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

const DISTRIBUTION = '/usr/lib/postgresql'

/** Folder of the newest PostgreSQL that the distribution has installed. Rejects with SYSVM_POSTGRES. */
export const findPrograms = async (root: string = DISTRIBUTION): Promise<string> => {
  const versions = await readdir(root).catch(() => [])
  const newestFirst = versions.filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(b) - Number(a))
  for (const version of newestFirst) {
    const folder = join(root, version, 'bin')
    const found = await access(join(folder, 'initdb')).then(
      () => true,
      () => false,
    )
    if (found) return folder
  }
  throw new SysvmError(
    'SYSVM_POSTGRES',
    `There is no PostgreSQL below ${root}. Install the package postgresql, or set DATABASE_URL to a database of yours.`,
    { details: { folder: root } },
  )
}

/** The distribution's `postgres` user when the manager is root. */
export const clusterOwner = async (): Promise<Owner | undefined> => {
  if (process.getuid?.() !== 0) return undefined
  const passwd = await readFile('/etc/passwd', 'utf8')
  const fields = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'postgres')
  if (fields) return { uid: Number(fields[2]), gid: Number(fields[3]) }
  throw new SysvmError(
    'SYSVM_POSTGRES',
    'The user postgres does not exist, and PostgreSQL does not run as root. Install the package postgresql.',
  )
}

export interface Outcome {
  readonly code: number
  readonly output: string
}

/** Each of them ends by itself long before. */
const TIMEOUT_MS = 180_000

/** Runs one of PostgreSQL's programs to its end. Its locale is C, so that its words are the same everywhere. */
export const runProgram = (
  file: string,
  args: readonly string[],
  owner: Owner | undefined,
  cwd: string,
): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const env = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C.UTF-8' }
    execFile(
      file,
      args,
      { cwd, env, timeout: TIMEOUT_MS, killSignal: 'SIGKILL', ...owner },
      (error: ExecFileException | null, stdout, stderr) => {
        const output = `${stderr}${stdout}`.trim()
        if (error === null) resolve({ code: 0, output })
        else if (typeof error.code === 'number') resolve({ code: error.code, output })
        else reject(new SysvmError('SYSVM_POSTGRES', `${file} could not be run: ${error.message}.`, { cause: error }))
      },
    )
  })
