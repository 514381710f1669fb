import type { IncomingMessage } from 'node:http'
import { SysvmError } from '@sysvm/errors'
import type { z } from 'zod'

/** The raw body: a signature is over bytes, so nothing may parse and print them in between. */
export const readBody = async (request: IncomingMessage, limit: number): Promise<Buffer> => {
  const tooLarge = (): SysvmError =>
    new SysvmError('SYSVM_REQUEST_TOO_LARGE', `The request body is larger than ${limit} bytes.`, { details: { limit } })
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge()
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limit) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

/** Parses what a caller sent; throws SYSVM_REQUEST_INVALID with each problem by its path. */
export const parseRequest = <T>(schema: z.ZodType<T>, value: unknown): T => {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const text = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'request'}: ${message}`).join('; ')
  throw new SysvmError('SYSVM_REQUEST_INVALID', `The request does not fit: ${text}.`)
}

export const readJson = async <T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> => {
  const bytes = await readBody(request, 64 * 1024)
  let json: unknown
  try {
    json = JSON.parse(bytes.toString('utf8') || '{}')
  } catch (cause) {
    throw new SysvmError('SYSVM_REQUEST_INVALID', 'The request body is not JSON.', { cause })
  }
  return parseRequest(schema, json)
}
