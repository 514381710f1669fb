import { once } from 'node:events'
import { request } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { createMetadataServer } from '@sysvm/router/metadata/server'
import { afterEach, expect, test } from 'vitest'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo()
})

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

const serve = async (): Promise<number> => {
  const port = await freePort()
  const server = createMetadataServer({ port })
  cleanUp.push(() => server.close())
  server.update({ listen: ['127.0.0.1'], instances: { '127.0.0.2': { data: { 'instance-id': 'i-2' } } } })
  await open(port, '127.0.0.9')
  return port
}

/** A connection that says nothing; loopback addresses stand for guests. */
const open = async (port: number, from: string): Promise<Socket> => {
  for (;;) {
    const socket = connect({ host: '127.0.0.1', port, localAddress: from })
    cleanUp.push(() => socket.destroy())
    const connected = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
    })
    socket.on('error', () => undefined)
    if (connected) return socket
  }
}

const get = (port: number, from: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const path = '/latest/meta-data/instance-id'
    request({ host: '127.0.0.1', port, path, localAddress: from, agent: false }, (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += String(chunk)
      })
      response.on('end', () => resolve(body))
    })
      .on('error', reject)
      .end()
  })

test('one guest holds a few connections and no more, and others are served', async () => {
  const port = await serve()
  const sockets = await Promise.all(Array.from({ length: 100 }, () => open(port, '127.0.0.3')))
  let refused = 0
  const enough = new Promise<void>((resolve) => {
    for (const socket of sockets) {
      socket.resume()
      socket.once('close', () => {
        refused += 1
        if (refused === 68) resolve()
      })
    }
  })
  await enough
  expect(await get(port, '127.0.0.2')).toBe('i-2')
  expect(refused).toBe(68)
})

test('a guest that never finishes its question is cut off', async () => {
  const port = await serve()
  const slow = await open(port, '127.0.0.2')
  slow.write('GET /latest/meta-data/ HTTP/1.1\r\nhost: x\r\n')
  slow.resume()
  await once(slow, 'close')
  expect(await get(port, '127.0.0.2')).toBe('i-2')
}, 15_000)
