import type { IncomingMessage } from 'node:http'
import { SysvmError } from '@sysvm/errors'
import { type Budget, busy } from './bounds.ts'

/** User data may be a megabyte of base64, percent-encoded; nothing else comes near. */
const LARGEST_BODY = 2 * 1024 * 1024

const tooLarge = (): SysvmError =>
  new SysvmError('SYSVM_API_MALFORMED', `The request is larger than ${LARGEST_BODY} bytes: send less at once.`)

/** A form's text, and what it holds of the budget until it is given back. */
export interface Form {
  readonly text: string
  readonly bytes: number
}

/** What is left after a refusal is read and thrown away, so that the client can read the answer. */
const readLimited = async (request: IncomingMessage, budget: Budget): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      if (size + chunk.length > LARGEST_BODY) throw tooLarge()
      if (!budget.take(chunk.length)) throw busy()
      size += chunk.length
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  } catch (error) {
    budget.give(size)
    request.resume()
    throw error
  }
}

/** The form body; '' when there is none. Give its bytes back once the request is answered. */
export const readForm = async (request: IncomingMessage, budget: Budget): Promise<Form> => {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  const body = await readLimited(request, budget)
  if (body.length > 0 && type !== 'application/x-www-form-urlencoded') {
    budget.give(body.length)
    throw new SysvmError('SYSVM_API_MALFORMED', 'A POST body must be a form: application/x-www-form-urlencoded.')
  }
  return { text: body.toString('utf8'), bytes: body.length }
}
