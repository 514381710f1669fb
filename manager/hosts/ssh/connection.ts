import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { type Duplex, Readable } from 'node:stream'
import { isSysvmError, SysvmError } from '@sysvm/errors'
import type { Client } from 'ssh2'
import type { HostConnection, StreamTarget } from '../connection.ts'
import { type ExecOptions, exec } from './exec.ts'
import { limiter } from './limiter.ts'
import { openChannel } from './open.ts'
import { dialTcp, openSession, unreachable } from './session.ts'

export interface SshOptions {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly privateKey: string
  readonly hostKey: string
  readonly dial?: (host: string, port: number) => Promise<Duplex>
}

/** OpenSSH allows 10 sessions per connection unless told otherwise; streams do not count. */
const SESSIONS = 8
/** Waits between attempts to connect; a host that is down is the caller's to ask again. */
const BACKOFF_MS = [200, 1000]

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

/** One SSH connection to a host, opened at the first command and again whenever it broke. */
export function openSsh(options: SshOptions): HostConnection {
  const name = `${options.user}@${options.host}:${options.port}`
  const dial = options.dial ?? dialTcp
  const limit = limiter(SESSIONS)
  let session: Promise<Client> | undefined
  let closed = false

  const connect = async (): Promise<Client> => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await openSession({ ...options, name, dial: () => dial(options.host, options.port) })
      } catch (error) {
        const wait = BACKOFF_MS[attempt]
        if (wait === undefined || closed || !isSysvmError(error, 'SYSVM_HOST_UNREACHABLE')) throw error
        // Spread out, so that many hosts do not come back in step.
        await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random())))
      }
    }
  }
  const client = (): Promise<Client> => {
    if (closed) return Promise.reject(unreachable(name, new Error('its connection was closed by the manager')))
    if (session !== undefined) return session
    const opening = connect()
    session = opening
    const forget = () => {
      if (session === opening) session = undefined
    }
    opening.then((opened) => opened.once('close', forget), forget)
    return opening
  }
  /** ssh2 throws this, and has sent nothing, when the stream ended and its end was not told yet: dial again. */
  const isStale = (error: unknown): boolean => error instanceof Error && error.message === 'Not connected'
  const use = async <T>(act: (client: Client) => Promise<T>): Promise<T> => {
    const current = await client()
    try {
      return await act(current)
    } catch (error) {
      if (!isStale(error)) throw error
      if ((await session?.catch(() => undefined)) === current) session = undefined
      current.destroy()
    }
    return act(await client())
  }
  const run = (argv: readonly [string, ...string[]], execOptions?: ExecOptions) =>
    limit(() => use(async (opened) => exec(opened, name, argv, execOptions)))
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
    open: (argv, { timeoutMs }) => use((opened) => openChannel(opened, name, argv, timeoutMs)),
    connect: (target) => use(async (opened) => openStream(opened, target)),
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
      closed = true
      const open = await session?.catch(() => undefined)
      open?.end()
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
