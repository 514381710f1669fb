import { createServer, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import {
  type AgentEvent,
  CONTROL_USER,
  type ErrorBody,
  EVENTS_PATH,
  formatEvent,
  HEARTBEAT,
  HEARTBEAT_MS,
  SEAL_HEADER,
  SIGNATURE_HEADER,
  SOCKET,
} from '@sysvm/agent/api'
import { messageOf, SysvmError } from '@sysvm/errors'
import ssh2 from 'ssh2'
import { type AgentOptions, answerAgent } from './agent.ts'
import { streamPair } from './pair.ts'

let visits = 0

const refusalOf = (error: unknown): ErrorBody => ({
  error: {
    code: error instanceof SysvmError ? error.code : 'SYSVM_SPEC_INVALID',
    message: messageOf(error),
    details: {},
  },
})

/** Nothing happens on a simulated system VM but that it lives. */
const beat = (response: ServerResponse): void => {
  const event: AgentEvent = { id: 0, at: new Date(0).toISOString(), type: HEARTBEAT, data: {} }
  const write = (): void => void response.write(formatEvent(event))
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  write()
  const timer = setInterval(write, HEARTBEAT_MS).unref()
  response.on('close', () => clearInterval(timer))
}

/** The agent's HTTP on the streams of one SSH connection. */
const agentServer = (options: AgentOptions, visit: number) =>
  createServer(async (request, response) => {
    if (request.url === EVENTS_PATH) return beat(response)
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const signature = request.headers[SIGNATURE_HEADER]
    const send = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    try {
      const answer = answerAgent(options, {
        method: request.method ?? '',
        path: request.url ?? '',
        body: Buffer.concat(chunks).toString(),
        signature: typeof signature === 'string' ? signature : undefined,
        seal: Buffer.from(String(request.headers[SEAL_HEADER] ?? ''), 'base64').toString(),
        visit,
      })
      send(200, answer)
    } catch (error) {
      send(422, refusalOf(error))
    }
  })

const isManager = (authorizedKey: string, context: ssh2.AuthContext): boolean => {
  const key = ssh2.utils.parseKey(authorizedKey)
  if (key instanceof Error || context.method !== 'publickey' || context.username !== CONTROL_USER) return false
  if (!key.getPublicSSH().equals(context.key.data)) return false
  // Without a signature it is only asked whether the key would do.
  return context.signature === undefined || key.verify(context.blob ?? Buffer.alloc(0), context.signature) === true
}

/** A stream to port 3922 of a simulated system VM: the same SSH and HTTP as of a real one, in this process. */
export const openSimulatedControl = (options: AgentOptions): Duplex => {
  const { boot } = options.machine
  if (boot === undefined) throw new SysvmError('SYSVM_HOST_CONNECT', `${options.machine.name} is no system VM.`)
  const [ours, theirs] = streamPair()
  const visit = ++visits
  const agent = agentServer(options, visit)
  const server = new ssh2.Server({ hostKeys: [Buffer.from(boot.hostKey, 'base64')] }, (client) => {
    client.on('error', () => theirs.destroy())
    client.on('close', () => theirs.destroy())
    client.on('authentication', (context) => {
      if (isManager(boot.authorizedKey, context)) context.accept()
      else context.reject(['publickey'])
    })
    client.on('openssh.streamlocal', (accept, reject, { socketPath }) => {
      if (socketPath === SOCKET) agent.emit('connection', accept())
      else reject()
    })
  })
  theirs.on('error', () => {})
  ours.on('error', () => {})
  server.injectSocket(theirs as never)
  return ours
}
