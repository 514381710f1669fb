import { createHash } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import type { Duplex, Readable } from 'node:stream'
import { messageOf, SysvmError } from '@sysvm/errors'
import { Client } from 'ssh2'

export interface SessionOptions {
  readonly user: string
  readonly privateKey: string
  /** What the server's key must be: `SHA256:…` or an OpenSSH public key. */
  readonly hostKey: string
  /** For messages only. */
  readonly name: string
  /** Opens the stream that SSH runs on. */
  readonly dial: () => Promise<Duplex>
  /** Until the user is accepted; default 15 s. */
  readonly timeoutMs?: number
}

/** `SHA256:…` as ssh-keygen prints it. */
export const fingerprintOf = (blob: Uint8Array): string =>
  `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`

/** The fingerprint of a pin that is either one already or an OpenSSH public key. */
export const pinnedFingerprint = (pin: string): string =>
  pin.startsWith('SHA256:') ? pin.replace(/=+$/, '') : fingerprintOf(Buffer.from(pin.split(' ')[1] ?? '', 'base64'))

const READY_MS = 15_000

/** A host that forwards waits for its own kernel, minutes long; a stream that comes too late is closed. */
async function dialWithin(dial: () => Promise<Duplex>, timeoutMs: number): Promise<Duplex> {
  const dialling = dial()
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    dialling.then((stream) => stream.destroy()).catch(() => {})
    reject(new Error(`no answer within ${timeoutMs} ms`))
  }, timeoutMs)
  try {
    return await Promise.race([dialling, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Dead peers are noticed after KEEPALIVE_MS * (KEEPALIVE_LOST + 1). */
const KEEPALIVE_MS = 5000
const KEEPALIVE_LOST = 3

/**
 * An authenticated SSH connection. Rejects with SYSVM_HOST_UNREACHABLE, SYSVM_HOST_KEY_MISMATCH or SYSVM_HOST_AUTH;
 * nothing but the key exchange is sent to a server with another key.
 */
export async function openSession(options: SessionOptions): Promise<Client> {
  const pinned = pinnedFingerprint(options.hostKey)
  const timeoutMs = options.timeoutMs ?? READY_MS
  const stream = await dialWithin(options.dial, timeoutMs).catch((cause: unknown) => {
    throw unreachable(options.name, cause)
  })
  const client = new Client()
  let shown: string | undefined
  const { promise, resolve, reject } = Promise.withResolvers<Client>()
  client.once('ready', () => resolve(client))
  client.on('error', (cause: Error & { level?: string }) => {
    if (shown !== undefined && shown !== pinned) reject(mismatch(options.name, pinned, shown))
    else if (cause.level === 'client-authentication') reject(unauthorized(options, cause))
    else reject(unreachable(options.name, cause))
  })
  const closed = () => {
    stream.destroy()
    reject(unreachable(options.name, new Error('the connection was closed')))
  }
  // At the end of its stream ssh2 drops its own time limit, and a forwarded stream left half open never closes.
  client.once('end', closed)
  client.once('close', closed)
  client.connect({
    sock: stream as Readable,
    username: options.user,
    privateKey: options.privateKey,
    hostVerifier: (key: Buffer) => {
      shown = fingerprintOf(key)
      return shown === pinned
    },
    readyTimeout: timeoutMs,
    keepaliveInterval: KEEPALIVE_MS,
    keepaliveCountMax: KEEPALIVE_LOST,
  })
  try {
    await promise
  } catch (error) {
    client.destroy()
    stream.destroy()
    throw error
  }
  return client
}

/** A TCP stream without Nagle's delay: an SSH request is many small writes. */
export function dialTcp(host: string, port: number, timeoutMs = 10_000): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const socket = connect({ host, port, noDelay: true })
  socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no answer within ${timeoutMs} ms`)))
  socket.once('error', reject)
  socket.once('connect', () => {
    socket.setTimeout(0)
    socket.off('error', reject)
    resolve(socket)
  })
  return promise
}

export const unreachable = (name: string, cause: unknown): SysvmError =>
  new SysvmError('SYSVM_HOST_UNREACHABLE', `${name} cannot be reached: ${messageOf(cause).replace(/\.$/, '')}.`, {
    details: { host: name },
    cause,
  })

const mismatch = (name: string, pinned: string, shown: string): SysvmError =>
  new SysvmError(
    'SYSVM_HOST_KEY_MISMATCH',
    `${name} shows the host key ${shown}, but it is pinned to ${pinned}: it is another machine, or it was reinstalled.`,
    { details: { host: name, pinned, shown } },
  )

const unauthorized = (options: SessionOptions, cause: unknown): SysvmError =>
  new SysvmError('SYSVM_HOST_AUTH', `${options.name} does not accept the manager's key for user ${options.user}.`, {
    details: { host: options.name, user: options.user },
    cause,
  })
