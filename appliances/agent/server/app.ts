import { createServer, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { SysvmError } from '@sysvm/errors'
import Koa from 'koa'
import { EPOCH_HEADER } from '../api/index.ts'
import { log } from '../log.ts'
import { errorResponse } from './errors.ts'
import type { Fence } from './fence.ts'
import { matchPath, type Route } from './routes.ts'

/** The control API over the given routes; every failure becomes an ErrorBody. */
const createApp = (fence: Fence, routes: readonly Route[]): Koa => {
  const app = new Koa()
  app.use(async (context) => {
    try {
      fence.pass(context.get(EPOCH_HEADER), context.method !== 'GET')
      for (const route of routes) {
        const parameters = route.method === context.method ? matchPath(route.path, context.path) : undefined
        if (parameters !== undefined) return await route.handle(context, parameters)
      }
      throw new SysvmError('SYSVM_NOT_FOUND', `The control API has no ${context.method} ${context.path}.`)
    } catch (thrown) {
      const { status, body } = errorResponse(thrown)
      if (status >= 500) log('error', `${context.method} ${context.path}: ${body.error.code} ${body.error.message}`)
      context.status = status
      context.body = body
    }
  })
  // A peer that hangs up in the middle of an answer is no event.
  app.silent = true
  return app
}

export interface Connections {
  /** When the socket was accepted, in monotonic milliseconds. */
  readonly acceptedAt: (socket: Socket) => number
}

/** The HTTP server, which notes when each connection came: a confirm must come over a new one. */
export const createApiServer = (fence: Fence, routes: (connections: Connections) => readonly Route[]): Server => {
  const accepted = new WeakMap<Socket, number>()
  const app = createApp(fence, routes({ acceptedAt: (socket) => accepted.get(socket) ?? 0 }))
  const server = createServer(app.callback())
  server.on('connection', (socket: Socket) => accepted.set(socket, performance.now()))
  // The manager keeps its connection; it is the one client, and reconnecting costs an SSH channel.
  server.keepAliveTimeout = 300_000
  return server
}
