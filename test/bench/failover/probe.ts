import { spawn } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

/**
 * A guest that uses its router in every way at once. argv: idle connections, busy ones, then addresses: connections are
 * held to all of them by turns, the first is also pinged and connected to. `mark` begins a measurement, `tell` ends it: a
 * line of JSON.
 */
const [idleCount = '0', busyCount = '0', ...addresses] = process.argv.slice(2)
const [address = ''] = addresses
const PING_MS = 10
const CONNECT_MS = 20
const WRITE_MS = 20
/** A connection that takes longer than the first repetition of its SYN was not served. */
const PROMPT_MS = 500
const ECHO_MS = 15_000

interface Held {
  readonly to: string
  readonly socket: Socket
  last: number
  stallMs: number
  echoed: boolean
  lost: boolean
}

let held: Held[] = []
let pings: number[] = []
let connected: number[] = []
let refused = 0

const hold = (to: string): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect(7001, to, () => {
      held.push(one)
      resolve()
    })
    const one: Held = { to, socket, last: performance.now(), stallMs: 0, echoed: false, lost: false }
    socket.on('data', () => {
      const now = performance.now()
      one.stallMs = Math.max(one.stallMs, now - one.last)
      one.last = now
      one.echoed = true
    })
    socket.on('error', () => (one.lost = true))
    socket.on('close', () => (one.lost = true))
  })

const wanted = Number(idleCount) + Number(busyCount)
const busy = (): readonly Held[] => held.slice(0, Number(busyCount))
setInterval(() => {
  for (const { socket, lost } of busy()) if (!lost) socket.write('x')
}, WRITE_MS)

setInterval(() => {
  const start = performance.now()
  const socket = connect(7002, address, () => {
    if (performance.now() - start < PROMPT_MS) connected.push(start)
    socket.resetAndDestroy()
  })
  const give = setTimeout(() => socket.destroy(), PROMPT_MS)
  socket.on('error', () => (refused += 1))
  socket.on('close', () => clearTimeout(give))
}, CONNECT_MS)

const ping = spawn('ping', ['-n', '-D', '-i', String(PING_MS / 1000), address], { stdio: ['ignore', 'pipe', 'ignore'] })
createInterface(ping.stdout).on('line', (line) => {
  const [, seconds] = /^\[([\d.]+)\] .*ttl=/.exec(line) ?? []
  if (seconds !== undefined) pings.push(Number(seconds) * 1000)
})
process.on('exit', () => ping.kill())

/** Longest time between two that were answered, less what lies between any two. */
const gap = (times: readonly number[], usual: number): number => {
  const sorted = times.toSorted((a, b) => a - b)
  return Math.max(0, ...sorted.slice(1).map((time, index) => time - (sorted[index] ?? time) - usual))
}

const mark = async (): Promise<void> => {
  for (const { socket } of held.filter(({ lost, echoed }) => lost || !echoed)) socket.destroy()
  held = held.filter(({ lost, echoed }) => !lost && echoed)
  const heldTo = (to: string): number => held.filter((one) => one.to === to).length
  while (held.length < wanted) {
    const [fewest = ''] = addresses.toSorted((a, b) => heldTo(a) - heldTo(b))
    await hold(fewest)
  }
  const now = performance.now()
  for (const one of held) Object.assign(one, { stallMs: 0, last: now })
  pings = []
  connected = []
  refused = 0
  console.log('marked')
}

const tell = async (): Promise<void> => {
  const stalls = busy().map(({ stallMs }) => stallMs)
  for (const one of held) one.echoed = false
  for (const { socket, lost } of held) if (!lost) socket.write('y')
  const end = performance.now() + ECHO_MS
  while (performance.now() < end && held.some(({ lost, echoed }) => !lost && !echoed))
    await new Promise((resolve) => setTimeout(resolve, 20))
  const isLost = ({ lost, echoed }: Held): boolean => lost || !echoed
  const told = {
    pingMs: gap(pings, PING_MS),
    connectMs: gap(connected, CONNECT_MS),
    refused,
    busyStallMs: Math.max(0, ...stalls),
    busyLost: busy().filter(isLost).length,
    idleLost: held.slice(Number(busyCount)).filter(isLost).length,
  }
  console.log(JSON.stringify(told))
}

createInterface(process.stdin).on('line', (line) => void (line === 'mark' ? mark() : tell()))
