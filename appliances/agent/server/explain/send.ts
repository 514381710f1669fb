import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import type { Effects } from '../../service/index.ts'
import { type Injection, isSix, WIRE } from './inject.ts'

/** Long enough that the first packet is out; what is asked is not the answer. */
const HOLD_MS = 100

interface Ends {
  readonly own: string
  readonly peer: string
}

const sendTcp = ({ own, peer }: Ends, port: number, localPort: number): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect({ host: peer, port, localAddress: own, localPort })
    socket.on('error', () => undefined)
    setTimeout(() => {
      socket.destroy()
      resolve()
    }, HOLD_MS)
  })

const sendUdp = ({ own, peer }: Ends, port: number, localPort: number): Promise<void> =>
  new Promise((resolve) => {
    const socket = createSocket(own.includes(':') ? 'udp6' : 'udp4')
    const end = (): void => {
      socket.close()
      resolve()
    }
    socket.on('error', () => undefined)
    socket.bind(localPort, own, () => socket.send('sysvm', port, peer, () => setTimeout(end, HOLD_MS)))
  })

/** Sends one packet into the wire by the kernel's own means, so that it is a real one. Nothing answers. */
export const send = async (injection: Injection, { run }: Effects): Promise<void> => {
  const { protocol, port = 0, sourcePort } = injection
  const ends = isSix(injection) ? WIRE.ipv6 : WIRE.ipv4
  if (protocol === 'tcp') return sendTcp(ends, port, sourcePort)
  if (protocol === 'udp') return sendUdp(ends, port, sourcePort)
  await run(['ping', '-n', '-c', '1', '-W', '0.1', '-I', ends.own, ends.peer], { timeoutMs: 3000 }).catch(
    () => undefined,
  )
}
