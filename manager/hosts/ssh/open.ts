import { PassThrough } from 'node:stream'
import type { SysvmError } from '@sysvm/errors'
import type { Client, ClientChannel } from 'ssh2'
import type { OpenProgram } from '../connection.ts'
import { commandFailed, timedOut } from '../outcome.ts'
import { quoteCommand } from './quote.ts'
import { unreachable } from './session.ts'

/** Of what a program complains about, the end is kept. */
const LONGEST_WORDS = 4096

const follow = (
  channel: ClientChannel,
  name: string,
  argv: readonly [string, ...string[]],
  timeoutMs: number,
): OpenProgram => {
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>()
  let words = ''
  let failure: SysvmError | undefined
  let ending: { code: number | null; signal?: string } | undefined
  // What is not read yet must not be lost when the channel closes.
  const stdout = new PassThrough()
  channel.pipe(stdout)
  channel.stderr.on('data', (chunk: Buffer) => {
    words = (words + chunk).slice(-LONGEST_WORDS)
  })
  const timer = setTimeout(() => {
    failure = timedOut(argv, timeoutMs)
    channel.close()
  }, timeoutMs)
  channel.on('exit', (code: number | null, signal?: string) => {
    ending = { code, ...(signal === undefined ? {} : { signal }) }
  })
  channel.on('error', (cause: Error) => {
    failure ??= unreachable(name, cause)
  })
  channel.on('close', () => {
    clearTimeout(timer)
    if (failure !== undefined) reject(failure)
    else if (ending === undefined) reject(unreachable(name, new Error('the connection broke while a command ran')))
    else if (ending.code === 0) resolve()
    else reject(commandFailed(argv, { ...ending, stderr: words }))
    if (ending?.code !== 0) stdout.destroy()
  })
  // Whoever asks is told; until then nobody is.
  ended.catch(() => {})
  return { stdin: channel, stdout, ended, stop: () => channel.close() }
}

/** A program on the other side with its streams; bounded there too, since sshd passes no signals to root's programs. */
export const openChannel = (
  client: Client,
  name: string,
  argv: readonly [string, ...string[]],
  timeoutMs: number,
): Promise<OpenProgram> => {
  const { promise, resolve, reject } = Promise.withResolvers<OpenProgram>()
  const bounded = ['timeout', '--kill-after=1', String(Math.ceil(timeoutMs / 1000) + 1), ...argv]
  client.exec(quoteCommand(bounded), (error, channel) => {
    if (error) reject(unreachable(name, error))
    else resolve(follow(channel, name, argv, timeoutMs))
  })
  return promise
}
