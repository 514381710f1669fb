import type { IncomingMessage } from 'node:http'
import { SysvmError } from '@sysvm/errors'

/** User data may be a megabyte of base64, percent-encoded; nothing else comes near. */
const LARGEST_BODY = 2 * 1024 * 1024

/** The form body as text; '' when there is none. */
export const readForm = async (request: IncomingMessage): Promise<string> => {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LARGEST_BODY)
      throw new SysvmError(
        'SYSVM_API_MALFORMED',
        `The request is larger than ${LARGEST_BODY} bytes: send less at once.`,
      )
    chunks.push(chunk)
  }
  if (size > 0 && type !== 'application/x-www-form-urlencoded')
    throw new SysvmError('SYSVM_API_MALFORMED', 'A POST body must be a form: application/x-www-form-urlencoded.')
  return Buffer.concat(chunks).toString('utf8')
}
