import { createServer } from 'node:net'

/** What probes talk to: echoes on 7001, greets on 7002, and on 8080 sends without an end. */
const CHUNK = Buffer.alloc(16 * 1024)
const EVERY_MS = 10

const quiet = (): void => undefined
createServer((socket) => socket.on('error', quiet).pipe(socket)).listen({ port: 7001, backlog: 4096 })
createServer((socket) => socket.on('error', quiet).resume()).listen({ port: 7002, backlog: 4096 })
createServer((socket) => {
  const timer = setInterval(() => {
    // As much as the reader takes, and no backlog in memory.
    if (socket.writableLength === 0) socket.write(CHUNK)
  }, EVERY_MS)
  socket.on('error', quiet).on('close', () => clearInterval(timer))
}).listen({ port: 8080 }, () => console.log('ready'))
