import { type IncomingMessage, request } from 'node:http'
import type { Duplex } from 'node:stream'
import { codes, type ErrorCode, isSysvmError, messageOf, SysvmError } from '@sysvm/errors'
import { z } from 'zod'

export interface ControlRequest {
  /** Text and bytes are sent as they are, so that a signature over them holds; anything else as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** For the whole exchange; default 60 s. */
  readonly timeoutMs?: number
}

const ANSWER_LIMIT = 16 * 1024 * 1024

const ErrorAnswer = z.looseObject({
  error: z.looseObject({
    code: z.string(),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
    failure: z.record(z.string(), z.unknown()).optional(),
  }),
})

/** One HTTP/1.1 exchange over a stream of its own. */
export async function requestOver<T>(
  open: () => Promise<Duplex>,
  method: string,
  path: string,
  { body, headers = {}, timeoutMs = 60_000 }: ControlRequest = {},
): Promise<T> {
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const stream = await withSignal(open(), signal)
    const { status, type, text } = await exchange(stream, method, path, headers, encode(body), signal)
    if (status >= 200 && status < 300) return (type.startsWith('application/json') ? parse(text, path) : text) as T
    throw refusal(status, text, path)
  } catch (error) {
    if (isSysvmError(error)) throw error
    if (signal.aborted)
      throw new SysvmError('SYSVM_TIMEOUT', `${method} ${path} was not answered within ${timeoutMs} ms.`, {
        details: { path, timeoutMs },
      })
    throw new SysvmError('SYSVM_HOST_UNREACHABLE', `${method} ${path} was cut off: ${messageOf(error)}.`, {
      details: { path },
      cause: error,
    })
  }
}

function encode(body: unknown): Uint8Array | undefined {
  if (body === undefined) return undefined
  if (body instanceof Uint8Array) return body
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

function exchange(
  stream: Duplex,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array | undefined,
  signal: AbortSignal,
): Promise<{ status: number; type: string; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; type: string; text: string }>()
  const sent = request({
    createConnection: () => stream,
    method,
    path,
    headers: {
      host: 'agent',
      connection: 'close',
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length }),
      ...headers,
    },
  })
  sent.on('error', reject)
  // An SSH channel tells of its own end only when the other side agrees, so nobody may wait for that.
  signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  sent.on('response', (response: IncomingMessage) => {
    const chunks: Buffer[] = []
    let bytes = 0
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > ANSWER_LIMIT) reject(nonsense(path, `is longer than ${ANSWER_LIMIT} bytes`))
      else chunks.push(chunk)
    })
    response.on('error', reject)
    response.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text })
    })
  })
  sent.end(body)
  return promise.finally(() => stream.destroy())
}

/** A stream that opens after the time is up must not be left open. */
async function withSignal(opening: Promise<Duplex>, signal: AbortSignal): Promise<Duplex> {
  const { promise, reject } = Promise.withResolvers<never>()
  const late = () => {
    reject(signal.reason)
    opening.then((stream) => stream.destroy()).catch(() => {})
  }
  signal.addEventListener('abort', late, { once: true })
  try {
    return await Promise.race([opening, promise])
  } finally {
    signal.removeEventListener('abort', late)
  }
}

const nonsense = (path: string, why: string): SysvmError =>
  new SysvmError('SYSVM_CONTROL_ANSWER', `The agent's answer to ${path} ${why}.`, { details: { path } })

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw nonsense(path, 'is not JSON')
  }
}

/** The agent's own error, with its code when this manager knows it. */
function refusal(status: number, text: string, path: string): SysvmError {
  const answer = ErrorAnswer.safeParse(text.startsWith('{') ? parse(text, path) : undefined)
  if (!answer.success) return nonsense(path, `is HTTP ${status} without an error of its own`)
  const { code, message, details, failure } = answer.data.error
  const known = code in codes ? (code as ErrorCode) : 'SYSVM_CONTROL_ANSWER'
  return new SysvmError(known, message, {
    details: { ...details, ...(failure === undefined ? {} : { failure }), ...(known === code ? {} : { code }), status },
  })
}
