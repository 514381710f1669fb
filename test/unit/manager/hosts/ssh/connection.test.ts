import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { Duplex, PassThrough } from 'node:stream'
import { openSsh } from '@sysvm/manager/hosts/ssh/connection'
import { openSession, pinnedFingerprint } from '@sysvm/manager/hosts/ssh/session'
import { generateSshKey } from '@sysvm/manager/orchestration/keys/openssh'
import ssh2 from 'ssh2'
import { expect, test } from 'vitest'

/** A server that lets everybody in and answers every command with "ok". */
const startServer = async (hostKey: string): Promise<ssh2.Server> => {
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on('error', () => undefined)
    client.on('authentication', (context) => context.accept())
    client.on('session', (accept) => {
      accept().on('exec', (acceptExec) => {
        const channel = acceptExec()
        channel.write('ok')
        channel.exit(0)
        channel.end()
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

test('a connection whose stream ended unnoticed is dialled again by the next command', async () => {
  const hostKey = generateSshKey()
  const server = await startServer(hostKey.privateKey)
  const sockets: Socket[] = []
  const connection = openSsh({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    user: 'root',
    privateKey: generateSshKey().privateKey,
    hostKey: pinnedFingerprint(hostKey.publicKey),
    dial: async (host, port) => {
      const socket = connect(port, host)
      sockets.push(socket)
      await once(socket, 'connect')
      return socket
    },
  })
  try {
    expect((await connection.run(['true'])).stdout).toBe('ok')
    sockets[0]?.end()
    expect((await connection.run(['true'])).stdout).toBe('ok')
    expect(sockets).toHaveLength(2)
  } finally {
    await connection.close()
    for (const socket of sockets) socket.destroy()
    server.close()
  }
})

test('a stream that does not open in time is not waited for, and closed when it comes', async () => {
  const dialled = Promise.withResolvers<PassThrough>()
  const session = openSession({
    user: 'control',
    privateKey: generateSshKey().privateKey,
    hostKey: 'SHA256:',
    name: 'r-1-VM',
    dial: () => dialled.promise,
    timeoutMs: 20,
  })
  await expect(session).rejects.toMatchObject({
    code: 'SYSVM_HOST_UNREACHABLE',
    message: 'r-1-VM cannot be reached: no answer within 20 ms.',
  })
  const late = new PassThrough()
  dialled.resolve(late)
  await once(late, 'close')
})

test('a server that stops in the middle of the key exchange is gone, though its stream stays half open', async () => {
  // An SSH channel is like that: it closes only when the other side, which died, agrees.
  const stream = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done(), autoDestroy: false })
  stream.push('SSH-2.0-dying\r\n')
  stream.push(null)
  await expect(
    openSession({
      user: 'control',
      privateKey: generateSshKey().privateKey,
      hostKey: 'SHA256:',
      name: 'r-1-VM',
      dial: async () => stream,
    }),
  ).rejects.toMatchObject({
    code: 'SYSVM_HOST_UNREACHABLE',
    message: 'r-1-VM cannot be reached: the connection was closed.',
  })
  expect(stream.destroyed).toBe(true)
})
