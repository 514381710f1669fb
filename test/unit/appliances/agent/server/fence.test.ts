import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EPOCH_HEADER } from '@sysvm/agent/api'
import { createApiServer } from '@sysvm/agent/server/app'
import { openFence } from '@sysvm/agent/server/fence'
import type { Route } from '@sysvm/agent/server/routes'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let folder: string
let server: Server = createServer()
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'epoch-'))
})
afterEach(async () => {
  server.close()
  await rm(folder, { recursive: true })
})

const route = (method: Route['method'], path: string, answer: () => object): Route => ({
  method,
  path,
  handle: (context) => {
    context.body = answer()
  },
})

/** An agent that counts how often it was shut down; the same file, as after it was started again. */
const agent = async (file = join(folder, 'state', 'epoch')) => {
  let shutdowns = 0
  server.close()
  server = createApiServer(openFence(file), () => [
    route('GET', '/v1/status', () => ({})),
    route('POST', '/v1/shutdown', () => ({ shutdowns: ++shutdowns })),
  ])
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return async (method: string, path: string, epoch?: number | string) => {
    const headers = epoch === undefined ? {} : { [EPOCH_HEADER]: String(epoch) }
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers })
    return { status: response.status, body: await response.json() }
  }
}

describe('an agent', () => {
  it('refuses changes of a manager that others took over from, over any connection, and answers its questions', async () => {
    const ask = await agent()
    expect(await ask('POST', '/v1/shutdown', 7)).toEqual({ status: 200, body: { shutdowns: 1 } })
    expect((await ask('GET', '/v1/status', 9)).status).toBe(200)
    expect(await ask('POST', '/v1/shutdown', 7)).toMatchObject({
      status: 409,
      body: { error: { code: 'SYSVM_FENCED', details: { seen: 9, epoch: 7 } } },
    })
    expect((await ask('GET', '/v1/status', 7)).status).toBe(200)
    expect(await ask('POST', '/v1/shutdown', 9)).toEqual({ status: 200, body: { shutdowns: 2 } })
    expect(await ask('POST', '/v1/shutdown')).toEqual({ status: 200, body: { shutdowns: 3 } })
  })

  it('remembers it when it is started again', async () => {
    await (await agent())('GET', '/v1/status', 9)
    expect(await readFile(join(folder, 'state', 'epoch'), 'utf8')).toBe('9\n')
    expect((await (await agent())('POST', '/v1/shutdown', 8)).status).toBe(409)
  })

  it('keeps it in mind where it cannot be written down', async () => {
    const ask = await agent('/dev/null/epoch')
    await ask('GET', '/v1/status', 9)
    expect((await ask('POST', '/v1/shutdown', 8)).status).toBe(409)
  })

  it('takes nothing but a number for one', async () => {
    const ask = await agent()
    expect(await ask('POST', '/v1/shutdown', '9x')).toMatchObject({
      status: 400,
      body: { error: { code: 'SYSVM_REQUEST_INVALID' } },
    })
  })
})
