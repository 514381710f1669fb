import type { Server } from 'node:http'
import type { BlockList } from 'node:net'
import { type Bounds, createSharedBudget } from './bounds.ts'
import { placeOf } from './place.ts'
import { isProxy } from './visit.ts'

/** Closes the connections of a client that has its share of them already; a proxy brings those of many clients. */
export const shareConnections = (server: Server, { connections, each }: Bounds, proxies?: BlockList): void => {
  const shares = createSharedBudget(connections, each.connections)
  server.on('connection', (socket) => {
    if (isProxy(socket.remoteAddress, proxies)) return
    const who = placeOf(socket.remoteAddress ?? '')
    if (!shares.take(who, 1)) {
      socket.destroy()
      return
    }
    socket.once('close', () => shares.give(who, 1))
  })
}
