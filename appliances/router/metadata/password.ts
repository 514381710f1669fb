import type { IncomingMessage, ServerResponse } from 'node:http'
import type { InstanceDocument } from './document.ts'
import type { ServedPasswords } from './served.ts'

/** Where CloudStack's guest scripts ask for a password. */
export const PASSWORD_PORT = 8080

type Instances = Readonly<Record<string, InstanceDocument>>

const HEADER = 'domu_request'

const send = (response: ServerResponse, status: number, body: string): void => {
  const length = Buffer.byteLength(body)
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': length, 'cache-control': 'no-store' })
  response.end(body)
}

/** Whether all of the answer went to the guest before its connection ended. */
const delivered = (response: ServerResponse): Promise<boolean> =>
  new Promise((resolve) => response.once('close', () => resolve(response.writableFinished)))

/**
 * CloudStack's password protocol, as `cloud-set-guest-password` and cloud-init speak it: `DomU_Request:
 * send_my_password` is answered with the password, once, and with `saved_password` ever after; the guest's own
 * `saved_password` ends it; anything else is a `bad_request`. The guest is who asks, as for metadata.
 */
export const answerPassword = async (
  instances: Instances,
  served: ServedPasswords,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const asked = request.method === 'GET' ? request.headers[HEADER] : undefined
  if (asked !== 'send_my_password' && asked !== 'saved_password') return send(response, 200, 'bad_request')
  const client = request.socket.remoteAddress ?? ''
  const password = Object.hasOwn(instances, client) ? instances[client]?.password : undefined
  if (password === undefined || served.has(password.id)) return send(response, 200, 'saved_password')
  // Noted before it is sent: whatever ends this process in between, nobody gets it a second time.
  await served.add(password.id)
  if (asked === 'saved_password') return send(response, 200, 'saved_password')
  const whole = delivered(response)
  send(response, 200, password.value)
  if (!(await whole)) await served.remove(password.id)
}
