import { answerTo } from './answer.ts'
import { HTTP_PORT, type NetbootDocument, TFTP_PORT } from './document.ts'
import { createHttp } from './http.ts'
import { createTftp } from './tftp.ts'

const RETRY_MS = 200

export interface NetbootServer {
  /** Takes a new document: answers change at once, listeners come and go. */
  update(document: NetbootDocument): void
  close(): void
}

interface Listener {
  close(): void
}

/** Opens again and again until the address is there; the next one is a new server, since a failed one cannot be. */
const persist = (open: (failed: () => void) => Listener): Listener => {
  let timer: NodeJS.Timeout | undefined
  let closed = false
  let current: Listener | undefined
  const attempt = (): void => {
    current = open(() => {
      current?.close()
      if (!closed) timer = setTimeout(attempt, RETRY_MS)
    })
  }
  attempt()
  return {
    close: () => {
      closed = true
      clearTimeout(timer)
      current?.close()
    },
  }
}

/** Boots guests by TFTP and HTTP; a guest is whose address it asks from. */
export const createNetbootServer = (loaders: ReadonlyMap<string, Buffer>): NetbootServer => {
  let document: NetbootDocument = { listen: [], guests: {} }
  const listeners = new Map<string, readonly Listener[]>()
  const answer = (client: string, name: string): Buffer | undefined => answerTo(document.guests, loaders, client, name)

  const openTftp = (address: string) => (failed: () => void) => {
    const server = createTftp(address, TFTP_PORT, answer)
    server.once('error', failed)
    server.listen()
    return { close: () => server.close() }
  }
  const openHttp = (address: string) => (failed: () => void) => {
    const server = createHttp(answer)
    server.once('error', failed)
    server.listen(HTTP_PORT, address)
    return {
      close: () => {
        server.close()
        server.closeAllConnections()
      },
    }
  }
  const shut = (address: string): void => {
    for (const listener of listeners.get(address) ?? []) listener.close()
    listeners.delete(address)
  }

  return {
    update: (next) => {
      document = next
      for (const address of [...listeners.keys()]) if (!next.listen.includes(address)) shut(address)
      for (const address of next.listen) {
        if (!listeners.has(address)) listeners.set(address, [openTftp(address), openHttp(address)].map(persist))
      }
    },
    close: () => {
      for (const address of [...listeners.keys()]) shut(address)
    },
  }
}
