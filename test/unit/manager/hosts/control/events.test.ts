import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { AgentEvent } from '@sysvm/agent/api'
import { createEvents, type Events } from '@sysvm/agent/server/events'
import { eventsOver } from '@sysvm/manager/hosts/control/events'
import { expect, it } from 'vitest'

/** What comes of the events of a server until `enough` or they end, and how they ended. */
const listen = async (
  serve: RequestListener,
  enough: (heard: readonly AgentEvent[]) => boolean,
  after?: number,
): Promise<{ heard: readonly AgentEvent[]; ended?: unknown }> => {
  const server = createServer(serve).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  const heard: AgentEvent[] = []
  try {
    const { signal } = new AbortController()
    for await (const event of eventsOver(async () => connect(port, '127.0.0.1'), { after, signal })) {
      heard.push(event)
      if (enough(heard)) return { heard }
    }
    return { heard }
  } catch (ended) {
    return { heard, ended }
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const agent =
  (events: Events): RequestListener =>
  (request, response) => {
    events.stream(response, Number(request.headers['last-event-id'] ?? 0))
  }
const told = (heard: readonly AgentEvent[]) => heard.map(({ id, type }) => `${id} ${type}`)

it('brings what was missed, a heartbeat when that was all, and what comes', async () => {
  const events = createEvents(() => 7)
  for (const text of ['a', 'b', 'c\n\nd']) events.emit('vpn', { text })
  const { heard } = await listen(
    agent(events),
    (all) => {
      if (all.length === 3) events.emit('redundancy', { state: 'PRIMARY' })
      return all.length === 4
    },
    7,
  )
  expect(told(heard)).toEqual(['8 vpn', '9 vpn', '9 heartbeat', '10 redundancy'])
  expect(heard[1]?.data).toEqual({ text: 'c\n\nd' })
  // Whoever knows nothing yet is told of what comes.
  expect(told((await listen(agent(events), (all) => all.length === 1)).heard)).toEqual(['10 heartbeat'])
  events.close()
})

it('ends with an error of its own when it is refused, cut off or told nonsense', async () => {
  const never = () => false
  const say =
    (text: string, status = 200): RequestListener =>
    (_, response) =>
      void response.writeHead(status).end(text)
  const { heard, ended } = await listen(say(':\n\nevent: x\n\n'), never)
  expect(told(heard)).toEqual(['0 heartbeat'])
  expect(ended).toMatchObject({
    code: 'SYSVM_HOST_UNREACHABLE',
    message: '/v1/events was cut off: the agent ended it.',
  })
  expect((await listen(say('{}', 400), never)).ended).toMatchObject({ code: 'SYSVM_CONTROL_ANSWER' })
  for (const text of ['data: {\n\n', 'data: {"id":-1}\n\n', 'data: null\n\n', 'x'.repeat(300_000)])
    expect((await listen(say(text), never)).ended).toMatchObject({ code: 'SYSVM_CONTROL_ANSWER' })
  const away: RequestListener = (_, response) => response.destroy()
  expect((await listen(away, never)).ended).toMatchObject({ code: 'SYSVM_HOST_UNREACHABLE' })
})

it('ends when it is told to, also while nothing comes', async () => {
  const stop = new AbortController()
  const server = createServer(() => stop.abort(new Error('enough'))).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  try {
    const events = eventsOver(async () => connect(port, '127.0.0.1'), { signal: stop.signal })
    await expect(events[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'SYSVM_HOST_UNREACHABLE' })
  } finally {
    server.closeAllConnections()
    server.close()
  }
})
