import type { Namespace } from './namespace.ts'

/** Where the TFTP server of the lab's router is. */
const SERVER = '10.1.1.1'
const [DATA, ERROR, OACK] = [3, 5, 6]
/** A client that hears nothing says again where it is (RFC 1350, section 2). */
const AGAIN_MS = 300
const GIVE_UP_MS = 20_000

export interface Transfer {
  /** What arrived; of a refused one nothing. */
  readonly bytes: Buffer
  /** The server's complaint, `1 File not found`. */
  readonly refusal?: string
  /** Datagrams that the server sent, lost ones too. */
  readonly datagrams: number
  /** The longest of them, UDP's payload. */
  readonly longest: number
}

export interface Conduct {
  /** RFC 2347 options of the request. */
  readonly options?: Readonly<Record<string, string>>
  /** Whether the network loses this block the first time it comes. */
  readonly loses?: (block: number) => boolean
  /** Acknowledges everything this many times. */
  readonly repeats?: number
}

const acknowledgement = (block: number): Buffer => Buffer.from([0, 4, block >> 8, block & 255])

/** Reads a file as RFC 1350, 2348 and 7440 say a client does, with a network between that loses what it is told to. */
export const readByTftp = async (guest: Namespace, name: string, conduct: Conduct = {}): Promise<Transfer> => {
  const { options = {}, loses = () => false, repeats = 1 } = conduct
  const socket = await guest.datagram('0.0.0.0', 0)
  const chunks: Buffer[] = []
  const lost = new Set<number>()
  let [size, window, last, unacknowledged, datagrams, longest] = [512, 1, 0, 0, 0, 0]
  let port: number | undefined
  // Where it was when it last told of a hole.
  let told: number | undefined
  return new Promise<Transfer>((resolve, reject) => {
    const request = ['\0\x01', ...[name, 'octet', ...Object.entries(options).flat()].map((word) => `${word}\0`)]
    const say = (then = (): void => undefined): void => {
      if (port === undefined) socket.send(request.join(''), 69, SERVER)
      else for (let time = 1; time < repeats; time++) socket.send(acknowledgement(last), port, SERVER)
      if (port !== undefined) socket.send(acknowledgement(last), port, SERVER, then)
      unacknowledged = 0
      again.refresh()
    }
    const again = setInterval(() => say(), AGAIN_MS)
    const limit = setTimeout(() => {
      reject(new Error(`block ${last + 1} never came`))
      end()
    }, GIVE_UP_MS)
    const finish = (refusal?: string): void => {
      clearInterval(again)
      clearTimeout(limit)
      socket.close()
      resolve({
        bytes: Buffer.concat(chunks),
        datagrams,
        longest,
        ...(refusal === undefined ? {} : { refusal }),
      })
    }
    const end = (): void => finish()
    const takeOptions = (message: Buffer): void => {
      const words = message.toString('latin1', 2).split('\0')
      const granted = (option: string): number | undefined => {
        const at = words.indexOf(option)
        return at === -1 ? undefined : Number(words[at + 1])
      }
      size = granted('blksize') ?? size
      window = granted('windowsize') ?? window
      say()
    }
    const takeBlock = (block: number, data: Buffer): void => {
      if (block !== last + 1) {
        // A hole: what follows is of no use, the server is told where to go on (RFC 7440, section 4).
        if (block > last + 1 && told !== last) {
          told = last
          say()
        }
        return
      }
      if (loses(block) && !lost.has(block)) return void lost.add(block)
      last = block
      chunks.push(data)
      unacknowledged += 1
      // Nothing is sent any more once the socket is closed.
      if (data.length < size) say(end)
      else if (unacknowledged >= window) say()
    }
    socket.on('message', (message, from) => {
      if (message.length < 4 || (port !== undefined && from.port !== port)) return
      port = from.port
      datagrams += 1
      longest = Math.max(longest, message.length)
      const [code, second] = [message.readUInt16BE(0), message.readUInt16BE(2)]
      if (code === ERROR) finish(`${second} ${message.toString('latin1', 4).replace('\0', '')}`)
      else if (code === OACK) takeOptions(message)
      else if (code === DATA) takeBlock(second, message.subarray(4))
    })
    say()
  })
}
