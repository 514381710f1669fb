import { createSocket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import { request } from 'node:http'
import { connect } from 'node:net'
import { SysvmError } from '@sysvm/errors'
import type { Effects } from '../service/index.ts'

const PATIENCE_MS = 3000
const ANSWER_LIMIT = 16 * 1024 * 1024

const silent = (whom: string, ms: number): SysvmError =>
  new SysvmError('SYSVM_TIMEOUT', `${whom} did not answer within ${ms} ms`)

/** Sends a text to a unix socket and reads until the other side ends. */
const askUnix: Effects['ask']['unix'] = (path, text, { timeoutMs = 30_000 } = {}) =>
  new Promise((resolve, reject) => {
    const answer: Buffer[] = []
    let size = 0
    const socket = connect({ path, allowHalfOpen: true })
    const fail = (error: Error): void => {
      socket.destroy()
      reject(error)
    }
    socket.setTimeout(timeoutMs, () => fail(silent(path, timeoutMs)))
    socket.on('error', fail)
    socket.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > ANSWER_LIMIT) fail(new SysvmError('SYSVM_OUTPUT_LIMIT', `${path} answered with too much`))
      answer.push(chunk)
    })
    socket.on('end', () => {
      socket.end()
      resolve(Buffer.concat(answer).toString())
    })
    socket.write(text)
  })

const isAnswer = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOTFOUND' || error.code === 'ENODATA')

const open: Effects['ask']['open'] = (path) =>
  new Promise((resolve, reject) => {
    const socket = connect({ path })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })

/** IPv4 addresses that the DNS server has for a name; none when it says that there are none. */
const askDns: Effects['ask']['dns'] = async (server, name) => {
  const resolver = new Resolver({ timeout: PATIENCE_MS, tries: 1 })
  resolver.setServers([server])
  try {
    return await resolver.resolve4(name)
  } catch (error) {
    if (isAnswer(error)) return []
    throw error
  }
}

/** GET, without following anything. */
const askHttp: Effects['ask']['http'] = (url) =>
  new Promise((resolve, reject) => {
    const outgoing = request(url, { agent: false, timeout: PATIENCE_MS }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        body += text
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      response.on('error', reject)
    })
    outgoing.on('timeout', () => outgoing.destroy(silent(url, PATIENCE_MS)))
    outgoing.on('error', reject)
    outgoing.end()
  })

const reachTcp = (address: string, port: number, timeoutMs: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: timeoutMs })
    const end = (reached: boolean) => () => {
      socket.destroy()
      resolve(reached)
    }
    socket.on('connect', end(true)).on('timeout', end(false)).on('error', end(false))
  })

/** A connected socket hears what ICMP says of its datagram: no port, no host. */
const reachUdp = (address: string, port: number, timeoutMs: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createSocket('udp4')
    const end = (reached: boolean) => (): void => {
      clearTimeout(timer)
      socket.removeAllListeners('error').on('error', () => undefined)
      socket.close()
      resolve(reached)
    }
    const timer = setTimeout(() => end(true)(), timeoutMs)
    socket.on('error', end(false)).on('message', end(true))
    socket.connect(port, address, (error?: Error) => (error === undefined ? socket.send('') : end(false)()))
  })

const reach: Effects['ask']['reach'] = (protocol, address, port, { timeoutMs }) =>
  (protocol === 'tcp' ? reachTcp : reachUdp)(address, port, timeoutMs)

/** Asks servers as their users do. */
export const ask: Effects['ask'] = { unix: askUnix, open, dns: askDns, http: askHttp, reach }
