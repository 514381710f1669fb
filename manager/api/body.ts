import type { IncomingMessage } from 'node:http'
import { SysvmError } from '@sysvm/errors'

/** User data may be a megabyte of base64, percent-encoded; nothing else comes near. */
const LARGEST_BODY = 2 * 1024 * 1024

/** Undefined when it is too large; what is left is read and thrown away, so that the client can read the answer. */
const readLimited = async (request: IncomingMessage): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LARGEST_BODY) break
    chunks.push(chunk)
  }
  if (size <= LARGEST_BODY) return Buffer.concat(chunks)
  request.resume()
  return undefined
}

/** The form body as text; '' when there is none. */
export const readForm = async (request: IncomingMessage): Promise<string> => {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  const body = await readLimited(request)
  if (body === undefined)
    throw new SysvmError('SYSVM_API_MALFORMED', `The request is larger than ${LARGEST_BODY} bytes: send less at once.`)
  if (body.length > 0 && type !== 'application/x-www-form-urlencoded')
    throw new SysvmError('SYSVM_API_MALFORMED', 'A POST body must be a form: application/x-www-form-urlencoded.')
  return body.toString('utf8')
}
