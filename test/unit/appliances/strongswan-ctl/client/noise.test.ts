import { Duplex } from 'node:stream'
import fc from 'fast-check'
import { type Connection, createConnection, encodeFrame, ViciError } from 'strongswan-ctl'
import { expect, test } from 'vitest'

/** A connection whose other end is a list of chunks, after which it ends; what is written to it goes nowhere. */
const noisy = (chunks: readonly Uint8Array[]): Connection => {
  const left = [...chunks]
  const socket = new Duplex({
    read() {
      this.push(left.shift() ?? null)
    },
    write: (_chunk, _encoding, done) => done(),
  })
  return createConnection(socket, { timeoutMs: 60_000 })
}

/** Everything that can be asked, each ending in a result or an error of this library. */
const askAll = async (connection: Connection): Promise<void> => {
  const loop = async (items: AsyncIterable<unknown>): Promise<void> => {
    for await (const _ of items);
  }
  const settled = await Promise.allSettled([
    connection.events(['log', 'list-sa']).then(loop),
    connection.request('version'),
    loop(connection.stream('list-sas', 'list-sa')),
    connection.request('stats'),
  ])
  for (const outcome of settled)
    if (outcome.status === 'rejected' && !(outcome.reason instanceof ViciError)) throw outcome.reason
  if (!((await connection.closed) instanceof ViciError)) throw new Error('it ended for no reason')
}

const element = fc.constantFrom([3, 1, 97, 0, 1, 98], [1, 1, 99], [2], [4, 1, 100], [5, 0, 0], [6], [9])
const name = fc.constantFrom([3, ...Buffer.from('log')], [7, ...Buffer.from('list-sa')], [200, 1])
const packet = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom([5], [1], [2], [6], [5]) },
  { weight: 2, arbitrary: fc.tuple(name, fc.array(element, { maxLength: 4 })).map(([a, b]) => [7, ...a, ...b.flat()]) },
  { weight: 1, arbitrary: fc.array(element, { maxLength: 4 }).map((elements) => [1, ...elements.flat()]) },
  { weight: 1, arbitrary: fc.array(fc.nat(255), { maxLength: 8 }) },
)
const chunk = fc.oneof(
  { weight: 8, arbitrary: packet.map((bytes) => encodeFrame(Uint8Array.from(bytes))) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 12 }) },
)

test('whatever the other end sends, everything asked ends', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(chunk, { maxLength: 12 }), (chunks) => askAll(noisy(chunks))),
    { seed: 11, numRuns: 2000 },
  )
})

test('a connection on which nothing comes ends with its other end', async () => {
  const connection = noisy([])
  await askAll(connection)
  expect(await connection.closed).toMatchObject({ code: 'VICI_LOST' })
})
