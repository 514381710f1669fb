import type { Effects } from '@sysvm/agent/service'
import { DEVICE } from './names.ts'

/** What WireGuard has of one peer. */
export interface LivePeer {
  readonly publicKey: string
  /** Secret. */
  readonly presharedKey: string
  /** `192.0.2.7:40000`; absent: nothing came yet. */
  readonly endpoint?: string
  /** `10.9.0.2/32`, separated by commas. */
  readonly allowed: string
  /** Seconds since the Epoch; 0: never. */
  readonly handshake: number
  readonly received: number
  readonly sent: number
}

export interface LiveDevice {
  /** Secret. */
  readonly privateKey: string
  readonly port: number
  readonly peers: readonly LivePeer[]
}

/** What `wg show DEVICE dump` prints: a line of the device, then one for each peer, by tabs. Pure. */
export const parseDump = (text: string): LiveDevice => {
  const [own = [], ...peers] = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'))
  return {
    privateKey: own[0] ?? '',
    port: Number(own[2]),
    peers: peers.map(([publicKey = '', presharedKey = '', endpoint = '', allowed = '', ...numbers]) => {
      const [handshake = 0, received = 0, sent = 0] = numbers.map(Number)
      const from = endpoint === '(none)' ? {} : { endpoint }
      return { publicKey, presharedKey, ...from, allowed, handshake, received, sent }
    }),
  }
}

/** The device as WireGuard has it; undefined: there is none, or nobody answers for it. */
export const readDevice = async ({ run }: Effects): Promise<LiveDevice | undefined> => {
  try {
    return parseDump((await run(['wg', 'show', DEVICE, 'dump'])).stdout)
  } catch {
    // Its words could quote nothing of use: there is no such device, or its process has just ended.
    return undefined
  }
}

/** Networks that lead to the device. Nothing does as long as it is down. */
export const readRoutes = async ({ run }: Effects): Promise<readonly string[]> => {
  const { stdout } = await run(['ip', '-json', '-4', 'route', 'show', 'dev', DEVICE])
  return (JSON.parse(stdout || '[]') as readonly { readonly dst: string }[]).map(({ dst }) =>
    dst.includes('/') ? dst : `${dst}/32`,
  )
}
