import { createInterface } from 'node:readline'
import type { LabProcess, Namespace } from '../../lab/index.ts'

export interface HeldFlows extends AsyncDisposable {
  /** Sends a byte over each and waits for its echo; how many came back. */
  echoAll(): Promise<number>
}

interface Wish {
  readonly client: Namespace
  readonly server: Namespace
  readonly address: string
  readonly count: number
}

const PORTS = 4

/** Echoes on a few ports: one pair of addresses has not enough ports of its own for all. */
const SERVER = `
const net = require('node:net')
let open = ${PORTS}
for (let port = 7001; port < 7001 + ${PORTS}; port++)
  net.createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen({ port, backlog: 4096 }, () => --open || console.log('ready'))`

/** argv: address, count. A line on standard input asks for an echo over every connection. */
const CLIENT = `
const net = require('node:net')
const [address, count] = [process.argv[1], Number(process.argv[2])]
const sockets = []
let started = 0, waiting = 0, echoed = 0
const next = () => {
  if (started === count) return
  const socket = net.connect({ host: address, port: 7001 + (started++ % ${PORTS}) }, () => {
    sockets.push(socket)
    if (sockets.length === count) console.log('ready')
    next()
  })
  socket.on('error', (error) => console.log('lost', error.code)).on('data', (data) => { echoed += data.length; if (echoed === waiting) done() })
}
let timer
const done = () => { clearTimeout(timer); console.log('echoed ' + echoed) }
process.stdin.on('data', () => {
  echoed = 0; waiting = count; timer = setTimeout(done, 20000)
  for (const socket of sockets) socket.write('x')
})
for (let i = 0; i < 200; i++) next()`

/** The first line that begins so, from now on. */
const line = (process: LabProcess, start: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { stdout } = process.child
    if (stdout === null) return reject(new Error('it has no output'))
    const lines = createInterface(stdout)
    lines.on('line', (text) => {
      if (!text.startsWith(start)) return
      lines.close()
      resolve(text)
    })
    void process.ended.then(() => reject(new Error(process.output())))
  })

/** Opens so many TCP connections from one namespace to another and holds them. */
export const holdFlows = async ({ client, server, address, count }: Wish): Promise<HeldFlows> => {
  const node = (script: string, ...argv: string[]) =>
    ['sh', '-c', 'ulimit -n 65536; exec "$@"', 'sh', process.execPath, '-e', script, ...argv] as [string, ...string[]]
  const echo = await server.spawn(node(SERVER))
  await line(echo, 'ready')
  const held = await client.spawn(node(CLIENT, address, String(count)))
  await line(held, 'ready')
  return {
    echoAll: async () => {
      const answer = line(held, 'echoed')
      held.child.stdin?.write('go\n')
      return Number((await answer).split(' ')[1])
    },
    [Symbol.asyncDispose]: async () => {
      await held.stop('SIGKILL')
      await echo.stop('SIGKILL')
    },
  }
}
