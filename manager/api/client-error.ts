import type { Duplex } from 'node:stream'
import { SysvmError } from '@sysvm/errors'
import { renderError } from './dispatch.ts'

const sentences: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: 'The request line is too long: send the parameters as a POST form.',
  ERR_HTTP_REQUEST_TIMEOUT: 'The request did not arrive in time.',
}

/**
 * What Node cannot parse never reaches the application. Its own answer to a long request line would be a bare 431, which
 * here means a wrong parameter.
 */
export const answerClientError = (error: Error & { readonly code?: string }, socket: Duplex): void => {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const sentence = sentences[error.code ?? ''] ?? 'The request is not HTTP/1.1.'
  const { status, type, body } = renderError('xml', 'errorresponse', new SysvmError('SYSVM_API_MALFORMED', sentence))
  socket.end(
    `HTTP/1.1 ${status} Malformed\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `Connection: close\r\n\r\n${body}`,
  )
}
