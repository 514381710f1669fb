import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import type { Effects } from '../../service/index.ts'
import { type Injection, WIRE } from './inject.ts'

/** Long enough that the first packet is out; what is asked is not the answer. */
const HOLD_MS = 100

const sendTcp = (port: number, localPort: number): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect({ host: WIRE.peer, port, localAddress: WIRE.own, localPort })
    socket.on('error', () => undefined)
    setTimeout(() => {
      socket.destroy()
      resolve()
    }, HOLD_MS)
  })

const sendUdp = (port: number, localPort: number): Promise<void> =>
  new Promise((resolve) => {
    const socket = createSocket('udp4')
    const end = (): void => {
      socket.close()
      resolve()
    }
    socket.on('error', () => undefined)
    socket.bind(localPort, WIRE.own, () => socket.send('sysvm', port, WIRE.peer, () => setTimeout(end, HOLD_MS)))
  })

/** Sends one packet into the wire by the kernel's own means, so that it is a real one. Nothing answers. */
export const send = async ({ protocol, port = 0, sourcePort }: Injection, { run }: Effects): Promise<void> => {
  if (protocol === 'tcp') return sendTcp(port, sourcePort)
  if (protocol === 'udp') return sendUdp(port, sourcePort)
  await run(['ping', '-n', '-c', '1', '-W', '0.1', '-I', WIRE.own, WIRE.peer], { timeoutMs: 3000 }).catch(
    () => undefined,
  )
}
