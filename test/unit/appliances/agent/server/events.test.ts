import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createEvents } from '@sysvm/agent/server/events'
import { expect, it } from 'vitest'

/** Reads the stream until it has as many events, and hangs up. */
const read = (port: number, lastId: string, count: number): Promise<string[]> =>
  new Promise((resolve, reject) => {
    const request = get({ port, headers: { 'last-event-id': lastId } }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
        const events = [...text.matchAll(/^id: (\d+)\nevent: (\w+)$/gm)].map(([, id, type]) => `${id} ${type}`)
        if (events.length < count) return
        request.destroy()
        resolve(events)
      })
    })
    request.on('error', reject)
  })

it('sends a client that comes back what it missed, then what comes', async () => {
  let clock = 1000
  const events = createEvents(() => clock)
  const server = createServer((request, response) => {
    events.stream(response, Number(request.headers['last-event-id']))
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  try {
    events.emit('commit', { generation: 1 })
    // Two in one millisecond still have ids of their own.
    events.emit('pending', { generation: 1 })
    const rest = read(port, '1000', 2)
    await new Promise<void>((resolve) => server.once('request', () => resolve()))
    clock = 2000
    events.emit('confirmed', { generation: 1 })
    expect(await rest).toEqual(['1001 pending', '2000 confirmed'])
  } finally {
    events.close()
    server.closeAllConnections()
    server.close()
  }
})

it('shows by a heartbeat where it is, at once and while nothing happens', async () => {
  const events = createEvents(() => 1000, 5)
  const beats: string[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const response = {
    writeHead: () => undefined,
    write: (text: string) => beats.push(text) >= 3 && resolve(),
    on: () => undefined,
    end: () => undefined,
  } as unknown as Parameters<typeof events.stream>[0]
  events.emit('commit', { generation: 1 })
  events.stream(response, Number.MAX_SAFE_INTEGER)
  await promise
  events.close()
  // It has no id of its own, so that a client goes on after the last event.
  const beat = 'event: heartbeat\ndata: {"id":1000,"at":"1970-01-01T00:00:01.000Z","type":"heartbeat","data":{}}\n\n'
  expect(beats.slice(0, 3)).toEqual([beat, beat, beat])
})

it('cuts off whoever does not read, and nobody else', async () => {
  const events = createEvents()
  const server = createServer((_, response) => {
    events.stream(response, 0)
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  try {
    const slow = get({ port })
    const cut = new Promise((resolve) => {
      slow.on('response', (response) => {
        // One that has read its head and then reads no more.
        response.once('data', () => response.pause())
        response.on('close', resolve)
        response.on('error', () => undefined)
      })
    })
    slow.on('error', () => undefined)
    const types = new Set<string>()
    const quick = get({ port }, (response) => {
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        for (const [, type = ''] of chunk.matchAll(/^event: (\w+)$/gm)) types.add(type)
      })
    })
    quick.on('error', () => undefined)
    await Promise.all([slow, quick].map((one) => new Promise((resolve) => one.once('response', resolve))))
    const count = () => new Promise<number>((resolve) => server.getConnections((_, found) => resolve(found)))
    // Kernels hold some megabytes for one that does not read.
    for (let sent = 0; (await count()) > 1 && sent < 10_000; sent++) {
      events.emit('tick', { text: 'x'.repeat(50_000) })
      await new Promise(setImmediate)
    }
    expect(await count()).toBe(1)
    events.emit('last', {})
    await new Promise<void>((resolve) => {
      const look = setInterval(() => {
        if (!types.has('last')) return
        clearInterval(look)
        resolve()
      }, 5)
    })
    slow.destroy()
    await cut
    quick.destroy()
  } finally {
    events.close()
    server.closeAllConnections()
    server.close()
  }
})

it('keeps the newest 256 and no more streams than it can bear', () => {
  const events = createEvents(() => 0)
  const written: string[] = []
  const response = {
    writeHead: () => undefined,
    write: (text: string) => written.push(text),
    on: () => undefined,
    end: () => undefined,
  } as unknown as Parameters<typeof events.stream>[0]
  for (let count = 0; count < 300; count += 1) events.emit('tick', { count })
  expect(events.stream(response, 0)).toBe(true)
  expect(written[0]?.match(/^event: tick$/gm)).toHaveLength(256)
  expect(written[0]).toMatch(/^id: 45\n/)
  const answers = Array.from({ length: 16 }, () => events.stream({ ...response } as typeof response, 0))
  expect(answers.filter((accepted) => accepted)).toHaveLength(15)
  events.close()
})
