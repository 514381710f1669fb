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
