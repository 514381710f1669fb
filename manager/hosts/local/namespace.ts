import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket as DatagramSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import type { Server, Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { SysvmError } from '@sysvm/errors'
import type { ConnectorAnswer, ConnectorRequest } from './connector.ts'

/** Where a command runs: a named network namespace, or all namespaces of a process (an emulated host). */
export interface Place {
  readonly netns?: string
  readonly pid?: number
  /** File with `PID STARTTIME` of the emulated host's first process: its number changes, the file stays. */
  readonly pidfile?: string
}

/** Number of the process whose namespaces are the place; undefined when it is none. SYSVM_HOST_UNREACHABLE. */
export function pidOf(place: Place): number | undefined {
  if (place.pidfile === undefined) return place.pid
  try {
    const [pid, started] = readFileSync(place.pidfile, 'utf8').trim().split(' ')
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Field 22, counted after the parenthesized name: the number alone may belong to another process by now.
    if (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] === started) return Number(pid)
  } catch {
    // Reported below, in words that name the host.
  }
  throw new SysvmError('SYSVM_HOST_UNREACHABLE', `The host of ${place.pidfile} is off: its first process has ended.`, {
    details: { pidfile: place.pidfile },
  })
}

/** Words to put before a command so that it runs there; empty for this machine itself. */
export function enter(place: Place): readonly string[] {
  const pid = pidOf(place)
  if (pid !== undefined) return ['nsenter', `--target=${pid}`, '--net', '--mount', '--pid', '--']
  if (place.netns !== undefined) return ['nsenter', `--net=/run/netns/${place.netns}`, '--']
  return []
}

/** Sockets that live in another network namespace and are used from this process, without a copy in between. */
export interface NamespaceSockets {
  connect(host: string, port: number, timeoutMs?: number): Promise<Socket>
  listen(host: string, port: number): Promise<Server>
  datagram(host: string, port: number): Promise<DatagramSocket>
  close(): void
}

type Handle = Socket | Server | DatagramSocket
type Wanted =
  | { op: 'connect'; host: string; port: number; timeoutMs: number }
  | { op: 'listen' | 'udp'; host: string; port: number }

const program = fileURLToPath(
  import.meta.resolve(import.meta.url.endsWith('.ts') ? './connector.ts' : './connector.js'),
)

/**
 * A socket stays in the namespace it was made in, whoever holds it. So one small process inside makes them and
 * hands them over; it starts at the first request and ends with this process.
 */
export function openNamespaceSockets(place: Place): NamespaceSockets {
  const pending = new Map<number, PromiseWithResolvers<Handle>>()
  let child: ChildProcess | undefined
  let last = 0

  const start = (): ChildProcess => {
    // Only the network: a mount namespace may hide this very program.
    const pid = pidOf(place)
    const prefix = pid === undefined ? enter(place) : ['nsenter', `--target=${pid}`, '--net', '--']
    const [file = process.execPath, ...rest] = [...prefix, process.execPath, program]
    const started = spawn(file, rest, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    started.on('message', (message, handle) => {
      const reply = message as ConnectorAnswer
      const waiting = pending.get(reply.id)
      pending.delete(reply.id)
      if (pending.size === 0) idle(started)
      if (reply.error !== undefined) waiting?.reject(Object.assign(new Error(reply.error.message), reply.error))
      // Node hands over nothing when the other side hung up on the way.
      else if (handle === undefined) waiting?.reject(new Error('it ended before it was handed over'))
      else waiting?.resolve(handle as Handle)
    })
    const gone = () => {
      if (child === started) child = undefined
      for (const waiting of pending.values()) waiting.reject(new Error('the process in the namespace ended'))
      pending.clear()
    }
    started.on('error', gone)
    started.on('exit', gone)
    return started
  }
  const idle = (process: ChildProcess) => {
    process.unref()
    process.channel?.unref()
  }
  const ask = async (wanted: Wanted): Promise<Handle> => {
    child ??= start()
    child.ref()
    child.channel?.ref()
    const id = ++last
    const waiting = Promise.withResolvers<Handle>()
    pending.set(id, waiting)
    child.send({ ...wanted, id } satisfies ConnectorRequest)
    return waiting.promise.catch((cause: Error) => {
      throw new SysvmError(
        'SYSVM_HOST_CONNECT',
        `${wanted.op === 'connect' ? 'Connecting to' : 'Listening on'} ${wanted.host}:${wanted.port} failed: ${cause.message}.`,
        { details: { host: wanted.host, port: wanted.port }, cause },
      )
    })
  }
  return {
    connect: async (host, port, timeoutMs = 10_000) => (await ask({ op: 'connect', host, port, timeoutMs })) as Socket,
    listen: async (host, port) => (await ask({ op: 'listen', host, port })) as Server,
    datagram: async (host, port) => (await ask({ op: 'udp', host, port })) as DatagramSocket,
    close: () => {
      if (child?.connected) child.disconnect()
      child = undefined
    },
  }
}
