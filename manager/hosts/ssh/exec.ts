import type { Readable } from 'node:stream'
import type { SysvmError } from '@sysvm/errors'
import type { Client, ClientChannel } from 'ssh2'
import type { RunOptions } from '../connection.ts'
import { commandFailed, OUTPUT_LIMIT, outputTooLong, TIMEOUT_MS, timedOut } from '../outcome.ts'
import { quoteCommand } from './quote.ts'
import { unreachable } from './session.ts'

export interface ExecOptions extends Omit<RunOptions, 'input'> {
  readonly input?: string | Uint8Array | Readable
}

/** Runs a program on the other side; rejects as HostConnection.run does. */
export function exec(
  client: Client,
  name: string,
  argv: readonly [string, ...string[]],
  options: ExecOptions = {},
): Promise<{ stdout: Buffer; stderr: Buffer }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ stdout: Buffer; stderr: Buffer }>()
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS
  const limit = options.maxOutputBytes ?? OUTPUT_LIMIT
  let failure: SysvmError | undefined
  let opened: ClientChannel | undefined
  const stop = (error: SysvmError) => {
    failure ??= error
    opened?.close()
    reject(failure)
  }
  const timer = setTimeout(() => stop(timedOut(argv, timeoutMs)), timeoutMs)
  // sshd passes no signals to root's programs, so a program that hangs is ended by its own clock.
  const bounded = ['timeout', '--kill-after=1', String(Math.ceil(timeoutMs / 1000) + 1), ...argv]

  const onChannel = (error: Error | undefined, channel: ClientChannel) => {
    if (error !== undefined) {
      clearTimeout(timer)
      return reject(unreachable(name, error))
    }
    opened = channel
    if (failure !== undefined) return channel.close()
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    let bytes = 0
    let ending: { code: number | null; signal?: string } | undefined
    const collect = (into: Buffer[]) => (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > limit) stop(outputTooLong(argv, limit))
      else into.push(chunk)
    }
    channel.on('data', collect(stdout))
    channel.stderr.on('data', collect(stderr))
    channel.on('exit', (code: number | null, signal?: string) => {
      ending = { code, ...(signal === undefined ? {} : { signal }) }
    })
    channel.on('error', (cause: Error) => stop(unreachable(name, cause)))
    channel.on('close', () => {
      clearTimeout(timer)
      const said = Buffer.concat(stderr)
      if (failure !== undefined) return
      // Without an exit status the connection broke, and nobody knows how far the program came.
      if (ending === undefined) reject(unreachable(name, new Error('the connection broke while a command ran')))
      else if (ending.code === 0) resolve({ stdout: Buffer.concat(stdout), stderr: said })
      else reject(commandFailed(argv, { ...ending, stderr: said.toString() }))
    })
    const { input } = options
    if (input === undefined || typeof input === 'string' || input instanceof Uint8Array) channel.end(input)
    else input.on('error', (cause) => stop(unreachable(name, cause))).pipe(channel)
  }
  try {
    client.exec(quoteCommand(bounded), onChannel)
  } catch (error) {
    clearTimeout(timer)
    throw error
  }
  return promise
}
