import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { type Duplex, Readable } from 'node:stream'
import { isSysvmError, SysvmError } from '@sysvm/errors'
import type { Client } from 'ssh2'
import type { HostConnection, StreamTarget } from '../connection.ts'
import { limiter } from '../limiter.ts'
import { TIMEOUT_MS } from '../outcome.ts'
import { openCarriers } from './carriers.ts'
import { type ExecOptions, exec } from './exec.ts'
import { openLink } from './link.ts'
import { openChannel } from './open.ts'
import { dialTcp } from './session.ts'

export interface SshOptions {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly privateKey: string
  readonly hostKey: string
  readonly dial?: (host: string, port: number) => Promise<Duplex>
}

/**
 * OpenSSH allows 10 sessions per connection unless told otherwise; streams do not count. It still counts those whose end
 * it has told when it reads of the next ones, so half of that.
 */
const SESSIONS = 5

const WRITE = `set -e
mkdir -p -- "$(dirname -- "$1")"
trap 'rm -f -- "$2"' EXIT
umask 077
cat >"$2"
[ "$(stat -c %s -- "$2")" = "$3" ] || { echo "only a part of the file arrived" >&2; exit 1; }
chmod -- "$4" "$2"
sync -- "$2"
mv -f -- "$2" "$1"`

const ABSENT = 44
const READ = `[ -e "$1" ] || exit ${ABSENT}; exec cat -- "$1"`

/**
 * SSH to a host: one connection for all that is quick, in the order of asking, and further ones for programs that stay
 * open and commands that may take longer than others.
 */
export function openSsh(options: SshOptions): HostConnection {
  const name = `${options.user}@${options.host}:${options.port}`
  const dial = options.dial ?? dialTcp
  const session = { ...options, name, dial: () => dial(options.host, options.port) }
  const link = openLink(session)
  const carriers = openCarriers(session, SESSIONS)
  const limit = limiter(SESSIONS)
  const run = (argv: readonly [string, ...string[]], execOptions: ExecOptions = {}) => {
    const work = async (client: Client) => exec(client, name, argv, execOptions)
    return (execOptions.timeoutMs ?? TIMEOUT_MS) > TIMEOUT_MS ? carriers.carry(work) : limit(() => link.use(work))
  }
  const write = async (path: string, input: Readable, bytes: number, mode: number, timeoutMs?: number) => {
    const beside = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`
    const argv = ['sh', '-c', WRITE, 'sh', path, beside, String(bytes), mode.toString(8)] as const
    await run(argv, { input, ...(timeoutMs === undefined ? {} : { timeoutMs }) })
  }

  return {
    kind: 'remote',
    run: async (argv, runOptions) => {
      const { stdout, stderr } = await run(argv, runOptions)
      return { stdout: stdout.toString(), stderr: stderr.toString() }
    },
    open: (argv, { timeoutMs }) =>
      carriers.carry(
        async (client) => openChannel(client, name, argv, timeoutMs),
        ({ ended }) => ended,
      ),
    connect: (target) => link.use(async (client) => openStream(client, target)),
    writeFile: async (path, data, mode = 0o644) => {
      const bytes = Buffer.from(data)
      await write(path, Readable.from([bytes]), bytes.length, mode)
    },
    readFile: async (path) => {
      try {
        return (await run(['sh', '-c', READ, 'sh', path])).stdout
      } catch (error) {
        if (isSysvmError(error, 'SYSVM_COMMAND_FAILED') && error.details.exitCode === ABSENT) return undefined
        throw error
      }
    },
    upload: async (local, remote) => {
      const { size } = await stat(local)
      // At least a minute, and no slower than 1 MB/s.
      await write(remote, createReadStream(local), size, 0o644, 60_000 + size / 1000)
    },
    close: async () => {
      await Promise.all([link.close(), carriers.close()])
    },
  }
}

/** A TCP or unix stream from the far side of an SSH connection. */
export function openStream(client: Client, target: StreamTarget): Promise<Duplex> {
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>()
  const name = 'path' in target ? target.path : `${target.host}:${target.port}`
  const done = (cause: Error | undefined, stream: Duplex) => {
    if (cause === undefined) resolve(stream)
    else
      reject(
        new SysvmError('SYSVM_HOST_CONNECT', `Connecting to ${name} failed: ${cause.message}.`, {
          details: { ...target },
          cause,
        }),
      )
  }
  if ('path' in target) client.openssh_forwardOutStreamLocal(target.path, done)
  else client.forwardOut('127.0.0.1', 0, target.host, target.port, done)
  return promise
}
