import { connect } from 'node:net'
import { HAProxyConfigError } from '../errors.ts'
import { commandText, type RuntimeCommand, succeeded } from './commands.ts'
import { type LoadedCertificate, parseServerState, parseStat, type ServerStateLine, type StatLine } from './tables.ts'

/** Sends a text to the socket and resolves with everything that comes until haproxy closes. */
export type Ask = (text: string) => Promise<string>

export interface RuntimeOptions {
  /** Path of the `stats socket`. */
  readonly path?: string
  /** Reaches the socket another way: in another namespace, say, or over SSH. */
  readonly ask?: Ask
  /** Until the whole batch is answered; 10 seconds unless told. */
  readonly timeoutMs?: number
}

export interface Runtime {
  /** Lines as an operator types them, in one batch; each one's answer. */
  send(lines: readonly string[]): Promise<readonly string[]>
  /** In one batch; throws HAPROXY_REFUSED at the first that haproxy does not do. Those after it were sent all the same. */
  apply(commands: readonly RuntimeCommand[]): Promise<void>
  /** The same, without throwing: what haproxy said to each, undefined where it is done. */
  attempt(commands: readonly RuntimeCommand[]): Promise<readonly (string | undefined)[]>
  showStat(): Promise<readonly StatLine[]>
  showServersState(): Promise<readonly ServerStateLine[]>
  /** Name and value, as `show info` lists them. */
  showInfo(): Promise<Readonly<Record<string, string>>>
  /** Serial number and SHA-1 fingerprint of a loaded certificate; undefined: there is none of this name. */
  showCertificate(path: string): Promise<LoadedCertificate | undefined>
}

const PROMPT = '\n> '

const askSocket =
  (path: string, timeoutMs: number): Ask =>
  (text) =>
    new Promise((resolve, reject) => {
      const chunks: Buffer[] = []
      const socket = connect({ path, allowHalfOpen: true })
      const fail = (cause?: Error): void => {
        socket.destroy()
        reject(
          new HAProxyConfigError('HAPROXY_SOCKET', `${path} did not answer: ${cause?.message ?? 'too late'}`, {
            cause,
          }),
        )
      }
      socket.setTimeout(timeoutMs, () => fail())
      socket.on('error', fail)
      socket.on('data', (chunk: Buffer) => chunks.push(chunk))
      socket.on('end', () => {
        socket.end()
        resolve(Buffer.concat(chunks).toString())
      })
      socket.write(text)
    })

/** The answers of a batch: haproxy prompts before each command and once at the end. */
const answersOf = (text: string, count: number): readonly string[] => {
  const [, ...parts] = text.split(PROMPT)
  if (parts.length < count)
    throw new HAProxyConfigError('HAPROXY_SOCKET', `haproxy answered ${parts.length} of ${count} commands`)
  // Each line of a payload is prompted for by a plus.
  return parts.slice(0, count).map((part) => part.replace(/^(\+ )+/, '').trim())
}

/** `name: value` of each line. */
const pairs = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const colon = line.indexOf(': ')
      return colon === -1 ? [] : [[line.slice(0, colon), line.slice(colon + 2).trim()]]
    }),
  )

/** A client of the runtime socket. Every call is one connection, whatever the number of commands. */
export const openRuntime = ({ path = '/run/haproxy/admin.sock', timeoutMs = 10_000, ask }: RuntimeOptions): Runtime => {
  const question = ask ?? askSocket(path, timeoutMs)
  const batch = async (texts: readonly string[]): Promise<readonly string[]> => {
    if (texts.length === 0) return []
    return answersOf(await question(`prompt\n${texts.join('')}quit\n`), texts.length)
  }
  const send: Runtime['send'] = (lines) => {
    const stray = lines.find((line) => /[\n\r]/.test(line))
    if (stray !== undefined) throw new HAProxyConfigError('HAPROXY_VALUE', 'a command has a line break')
    return batch(lines.map((line) => `${line}\n`))
  }
  const attempt: Runtime['attempt'] = async (commands) => {
    const answers = await batch(commands.map(commandText))
    return commands.map((command, index) => {
      const answer = answers[index] ?? ''
      return succeeded(command, answer) ? undefined : answer
    })
  }
  return {
    send,
    attempt,
    apply: async (commands) => {
      const refusals = await attempt(commands)
      const index = refusals.findIndex((refusal) => refusal !== undefined)
      if (index === -1) return
      throw new HAProxyConfigError('HAPROXY_REFUSED', `haproxy refused ${commands[index]?.kind}: ${refusals[index]}`)
    },
    showStat: async () => parseStat((await send(['show stat']))[0] ?? ''),
    showServersState: async () => parseServerState((await send(['show servers state']))[0] ?? ''),
    showInfo: async () => pairs((await send(['show info']))[0] ?? ''),
    showCertificate: async (name) => {
      const found = pairs((await send([`show ssl cert ${name}`]))[0] ?? '')
      const { Serial, 'SHA1 FingerPrint': fingerprint } = found
      return Serial === undefined || fingerprint === undefined ? undefined : { serial: Serial, fingerprint }
    },
  }
}
