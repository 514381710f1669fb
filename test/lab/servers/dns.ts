import type { Namespace } from '../namespace.ts'

/** Names in lower case with their IPv4 addresses. Any other name does not exist. */
export type DnsRecords = Readonly<Record<string, string>>

export interface LabDnsServer extends AsyncDisposable {
  /** Names that were asked for, in order. */
  readonly questions: readonly string[]
  close(): void
}

/** A DNS server over UDP in a namespace: A records, NXDOMAIN for the rest. RFC 1035. */
export async function serveDns(
  at: Namespace,
  options: { readonly address: string; readonly port?: number; readonly records: DnsRecords },
): Promise<LabDnsServer> {
  const questions: string[] = []
  const socket = await at.datagram(options.address, options.port ?? 53)
  socket.on('message', (query, client) => {
    const { name, type, end } = readQuestion(query)
    questions.push(name)
    socket.send(answer(query.subarray(0, end), options.records[name], type), client.port, client.address)
  })
  let open = true
  const close = () => {
    if (open) socket.close()
    open = false
  }
  return { questions, close, [Symbol.asyncDispose]: async () => close() }
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 }
}

const A = 1
const NXDOMAIN = 3

function answer(question: Buffer, address: string | undefined, type: number): Buffer {
  const head = Buffer.from(question)
  const found = address !== undefined && type === A
  // Response, authoritative, recursion as asked and available.
  head.writeUInt16BE(0x8480 | (question.readUInt16BE(2) & 0x0100) | (address === undefined ? NXDOMAIN : 0), 2)
  head.writeUInt16BE(found ? 1 : 0, 6)
  head.writeUInt32BE(0, 8)
  if (!found) return head
  // A pointer to the question's name, type A, class IN, 60 s, four bytes.
  const record = Buffer.from([0xc0, 12, 0, A, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split('.').map(Number)])
  return Buffer.concat([head, record])
}
