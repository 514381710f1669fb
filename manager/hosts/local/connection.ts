import { createReadStream } from 'node:fs'
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { connect, type NetConnectOpts, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { messageOf, SysvmError } from '@sysvm/errors'
import type { HostConnection, StreamTarget } from '../connection.ts'
import { enter, openNamespaceSockets, type Place, pidOf } from './namespace.ts'
import { openProcess, runProcess } from './process.ts'

/** This machine as a host: itself, one of its network namespaces, or all namespaces of a process. */
export function openLocal(place: Place = {}): HostConnection {
  const sockets = openNamespaceSockets(place)
  // An emulated host has its own mounts; the kernel shows them below its process.
  const here = (path: string) => {
    const pid = pidOf(place)
    return pid === undefined ? path : `/proc/${pid}/root${path}`
  }
  const outside = place.netns === undefined && place.pid === undefined && place.pidfile === undefined

  return {
    kind: 'local',
    run: (argv, options) => runProcess([...enter(place), ...argv] as [string, ...string[]], options, argv),
    open: async (argv, { timeoutMs }) =>
      openProcess([...enter(place), ...argv] as [string, ...string[]], timeoutMs, argv),
    connect: (target) => {
      if ('path' in target) return openStream({ path: here(target.path) })
      return outside ? openStream(target) : sockets.connect(target.host, target.port)
    },
    writeFile: (path, data, mode = 0o644) => replaceFile(here(path), Readable.from([Buffer.from(data)]), mode),
    readFile: (path) =>
      readFile(here(path)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      }),
    upload: (local, remote) => replaceFile(here(remote), createReadStream(local), 0o644),
    close: async () => sockets.close(),
  }
}

async function replaceFile(path: string, data: Readable, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const beside = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`
  try {
    const file = await open(beside, 'wx', mode)
    await pipeline(data, file.createWriteStream({ flush: true }))
    // The mode given to open() passes through the umask.
    await chmod(beside, mode)
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}

function openStream(target: StreamTarget): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const options: NetConnectOpts = 'path' in target ? { path: target.path } : { ...target, noDelay: true }
  const socket = connect(options)
  const name = 'path' in target ? target.path : `${target.host}:${target.port}`
  const fail = (cause: Error) =>
    reject(
      new SysvmError('SYSVM_HOST_CONNECT', `Connecting to ${name} failed: ${messageOf(cause)}.`, {
        details: { ...target },
        cause,
      }),
    )
  socket.once('error', fail)
  socket.setTimeout(10_000, () => socket.destroy(new Error('timed out')))
  socket.once('connect', () => {
    socket.setTimeout(0)
    socket.off('error', fail)
    resolve(socket)
  })
  return promise
}
