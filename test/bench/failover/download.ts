import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

/** A download that does not end, through a load balancer. argv: address, port. Speaks as the probe does. */
const [address = '', port = '80'] = process.argv.slice(2)
const QUIET_MS = 1000

let socket: Socket | undefined
let last = 0
let stallMs = 0
let lost = true

const open = (): Promise<void> =>
  new Promise((resolve) => {
    const next = connect(Number(port), address)
    socket = next
    lost = false
    next.on('data', () => {
      const now = performance.now()
      if (last > 0) stallMs = Math.max(stallMs, now - last)
      last = now
      resolve()
    })
    next.on('error', () => undefined)
    next.on('close', () => {
      if (socket === next) lost = true
      resolve()
    })
  })

const mark = async (): Promise<void> => {
  while (lost || performance.now() - last > QUIET_MS) {
    socket?.destroy()
    last = 0
    await open()
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  stallMs = 0
  console.log('marked')
}

createInterface(process.stdin).on('line', (line) => {
  if (line === 'mark') void mark()
  else console.log(JSON.stringify({ lost: lost || performance.now() - last > QUIET_MS, stallMs }))
})
