import { BlockList, connect, type Socket } from 'node:net'
import { createApi } from '@sysvm/manager/api'
import { type Bounds, createBudget, createSharedBudget, defaultBounds } from '@sysvm/manager/api/bounds'
import { placeOf } from '@sysvm/manager/api/place'
import { describe, expect, it, onTestFinished } from 'vitest'

/** A database of which nothing comes until the test lets it. */
const waiting = () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const authenticate = async (): Promise<never> => {
    await promise
    throw new Error('nobody is known here')
  }
  return { authenticate, release: resolve }
}

const serve = async (bounds: Partial<Bounds>, authenticate?: () => Promise<never>, proxies?: BlockList) => {
  const nothing = {} as never
  const api = createApi({
    db: nothing,
    jobs: nothing,
    bounds: { ...defaultBounds, ...bounds },
    ...(authenticate === undefined ? {} : { authenticate }),
    ...(proxies === undefined ? {} : { proxies }),
  })
  const { port } = await api.listen({ port: 0 })
  onTestFinished(() => api.close())
  return { port, url: `http://127.0.0.1:${port}/` }
}

/** All that the server says until it closes the connection. */
const said = (socket: Socket): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', (part) => (text += part))
    socket.once('close', () => resolve(text))
    socket.once('error', reject)
  })

const open = (port: number, localAddress = '127.0.0.1'): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress }, () => resolve(socket))
    socket.once('error', reject)
    onTestFinished(() => void socket.destroy())
  })

const form = (body: string): RequestInit => ({
  method: 'POST',
  body,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
})

const statusOf = async (url: string, init?: RequestInit): Promise<[number, string]> => {
  const response = await fetch(url, init)
  return [response.status, await response.text()]
}

describe('a budget', () => {
  it('is never overdrawn, and what is given back may be taken again', () => {
    const budget = createBudget(10)
    expect([budget.take(6), budget.take(5), budget.take(4), budget.take(1)]).toEqual([true, false, true, false])
    budget.give(4)
    expect([budget.take(5), budget.take(4)]).toEqual([false, true])
  })
})

describe('a shared budget', () => {
  it('gives nobody more than his share, nor all together more than the whole', () => {
    const budget = createSharedBudget(10, 6)
    expect([budget.take('a', 6), budget.take('a', 1), budget.take('b', 4), budget.take('b', 1)]).toEqual([
      ...[true, false, true, false],
    ])
    budget.give('a', 2)
    expect([budget.take('b', 3), budget.take('b', 2), budget.take('a', 1)]).toEqual([false, true, false])
    budget.give('b', 6)
    budget.give('a', 4)
    expect(budget.take('a', 6)).toBe(true)
  })
})

describe('a place', () => {
  it('is an address, and of IPv6 its /64', () => {
    expect(['192.0.2.1', '::ffff:192.0.2.1', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::9', '::1'].map(placeOf)).toEqual([
      ...['192.0.2.1', '192.0.2.1', '2001:db8:1:2::/64', '2001:db8:1:2::/64', '0:0:0:0::/64'],
    ])
  })
})

describe('a client that dawdles', () => {
  it('is not waited for to end its headers', async () => {
    const { port } = await serve({ headersMs: 100, requestMs: 100 })
    const socket = await open(port)
    socket.write('GET /?command=listZones HTTP/1.1\r\nHost: a\r\n')
    expect(await said(socket)).toMatch(/^HTTP\/1\.1 430 .*did not arrive in time/s)
  })

  it('is not waited for to end its form', async () => {
    const { port } = await serve({ headersMs: 100, requestMs: 200 })
    const socket = await open(port)
    const type = 'Content-Type: application/x-www-form-urlencoded'
    socket.write(`POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n${type}\r\nContent-Length: 100\r\n\r\ncommand=`)
    expect(await said(socket)).toMatch(/^HTTP\/1\.1 430 /)
  })

  it('is closed when it says nothing and does not read', async () => {
    const { authenticate, release } = waiting()
    const { port } = await serve({ silenceMs: 100 }, authenticate)
    const socket = await open(port)
    socket.write('GET /?command=listZones HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
    expect(await said(socket)).toBe('')
    release()
  })
})

describe('a flood', () => {
  it('of connections is closed as it comes, and ends with them', async () => {
    const { port, url } = await serve({ connections: 2 })
    const kept = [await open(port), await open(port)]
    expect(await said(await open(port))).toBe('')
    for (const socket of kept) await new Promise((closed) => socket.once('close', closed).destroy())
    const [status] = await statusOf(`${url}?command=listHypervisors&response=json`)
    expect(status).toBe(200)
  })

  it('of requests is answered with 503, in the format that was asked for, and ends with them', async () => {
    const { authenticate, release } = waiting()
    const { url } = await serve({ requests: 2 }, authenticate)
    const ask = (): Promise<[number, string]> => statusOf(`${url}?command=listZones&response=json`)
    const three = [ask(), ask(), ask()]
    const [status, text] = await Promise.race(three)
    expect([status, JSON.parse(text)]).toMatchObject([
      503,
      { errorresponse: { errorcode: 503, errortext: expect.stringContaining('too many requests at once') } },
    ])
    release()
    expect((await Promise.all(three)).map(([one]) => one).sort()).toEqual([503, 530, 530])
    expect((await ask())[0]).toBe(530)
  })

  it('of one client leaves the others their connections and requests', async () => {
    const { authenticate, release } = waiting()
    const { port } = await serve({ each: { ...defaultBounds.each, connections: 2, requests: 1 } }, authenticate)
    const ask = async (from: string): Promise<Socket> => {
      const socket = await open(port, from)
      socket.write('GET /?command=listZones HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
      return socket
    }
    const kept = said(await ask('127.0.0.1'))
    expect(await said(await ask('127.0.0.1'))).toMatch(/^HTTP\/1\.1 503 /)
    const idle = await open(port, '127.0.0.1')
    expect(await said(await open(port, '127.0.0.1'))).toBe('')
    const other = said(await ask('127.0.0.2'))
    release()
    expect([await kept, await other]).toEqual([expect.stringMatching(/ 530 /), expect.stringMatching(/ 530 /)])
    idle.destroy()
  })

  it('through a proxy of ours is told by the addresses that it forwards, and by nobody else', async () => {
    const { authenticate, release } = waiting()
    const proxies = new BlockList()
    proxies.addAddress('127.0.0.3')
    const each = { ...defaultBounds.each, connections: 1, requests: 1 }
    const { port } = await serve({ each }, authenticate, proxies)
    const ask = async (from: string, forwarded: string): Promise<Socket> => {
      const socket = await open(port, from)
      const headers = `Host: a\r\nX-Forwarded-For: ${forwarded}\r\nConnection: close`
      socket.write(`GET /?command=listZones HTTP/1.1\r\n${headers}\r\n\r\n`)
      return socket
    }
    const kept = [said(await ask('127.0.0.3', '192.0.2.1')), said(await ask('127.0.0.3', '198.51.100.9, 192.0.2.2'))]
    expect(await said(await ask('127.0.0.3', '198.51.100.9, 192.0.2.2'))).toMatch(/^HTTP\/1\.1 503 /)
    const stranger = said(await ask('127.0.0.2', '192.0.2.5'))
    expect(await said(await ask('127.0.0.2', '192.0.2.6'))).toBe('')
    release()
    for (const one of [...kept, stranger]) expect(await one).toMatch(/ 530 /)
  })

  it('of forms holds no more than its bytes, and gives them back', async () => {
    const { authenticate, release } = waiting()
    const { url } = await serve({ formBytes: 150 }, authenticate)
    const large = (): Promise<[number, string]> =>
      statusOf(url, form(`command=listZones&response=json&name=${'x'.repeat(64)}`))
    const both = [large(), large()]
    expect((await Promise.race(both))[0]).toBe(503)
    release()
    expect((await Promise.all(both)).map(([status]) => status).sort()).toEqual([503, 530])
    expect((await large())[0]).toBe(530)
  })

  it('of parameters is refused before it is taken apart', async () => {
    const { url } = await serve({})
    const [status, text] = await statusOf(url, form(`command=listZones&response=json${'&a=b'.repeat(400_000)}`))
    expect([status, text]).toEqual([431, expect.stringContaining('has more than 2000 parameters')])
  })

  it('of bytes is refused, whether their number is said or not', async () => {
    const { url } = await serve({})
    const [status, text] = await statusOf(url, form(`a=${'x'.repeat(3 * 1024 * 1024)}`))
    expect([status, text]).toEqual([430, expect.stringContaining('larger than 2097152 bytes')])
  })
})
