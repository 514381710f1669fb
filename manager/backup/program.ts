import { spawn } from 'node:child_process'
import { SysvmError } from '@sysvm/errors'
import pg from 'pg'

/** What PostgreSQL's programs read instead of arguments: a password has no place in those. */
export const connectionEnvironment = (url: string): Readonly<Record<string, string>> => {
  // Parsed by the library that the manager connects with, so that both mean the same database.
  const { host, port, user, database, password } = new pg.Client({ connectionString: url })
  return {
    PGHOST: host,
    PGPORT: String(port),
    ...(user === undefined ? {} : { PGUSER: user }),
    ...(database === undefined ? {} : { PGDATABASE: database }),
    ...(typeof password === 'string' ? { PGPASSWORD: password } : {}),
  }
}

/** Runs a program to its end, its output into the open file `into` if there is one. SYSVM_BACKUP when it fails. */
export const runTool = (
  argv: readonly [string, ...string[]],
  { environment = {}, into }: { readonly environment?: Readonly<Record<string, string>>; readonly into?: number } = {},
): Promise<void> =>
  new Promise((resolve, reject) => {
    const [file, ...args] = argv
    const env = { PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: process.env.HOME ?? '/', LC_ALL: 'C.UTF-8' }
    const child = spawn(file, args, {
      env: { ...env, ...environment },
      stdio: ['ignore', into ?? 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk).slice(-2000)
    })
    const failed = (why: string, cause?: unknown) =>
      reject(new SysvmError('SYSVM_BACKUP', `${file} ${why}`, { details: { program: file }, cause }))
    child.on('error', (cause) => failed(`could not be run: ${cause.message}.`, cause))
    child.on('close', (code, signal) => {
      if (code === 0) resolve()
      else failed(`ended with ${code ?? signal}: ${said.trim()}`)
    })
  })
