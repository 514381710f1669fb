import type { Socket } from 'node:net'

/** A listener of `connection` events: each address may hold so many at once, and never uses up what all share. */
export const admission = (most: number): ((socket: Socket) => void) => {
  const held = new Map<string, number>()
  return (socket) => {
    const client = socket.remoteAddress ?? ''
    const count = (held.get(client) ?? 0) + 1
    if (count > most) {
      socket.destroy()
      return
    }
    held.set(client, count)
    socket.once('close', () => {
      const left = (held.get(client) ?? 1) - 1
      if (left === 0) held.delete(client)
      else held.set(client, left)
    })
  }
}
