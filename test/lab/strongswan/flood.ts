import { randomBytes, randomInt } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Run outside, where all of 198.18.0.0/15 is local: strangers who send a router IKE_SA_INIT after IKE_SA_INIT (RFC 7296),
 * each with what an answer takes to work out. Those of `liars` never hear it, as nobody does with another's address; those
 * of `real` ones say the cookie that they are told and stop there. Between them, random bytes.
 */
const [server = '', liars = '0', real = '0', count = '0'] = process.argv.slice(2)

const [PORT, HEAD] = [500, 28]
const SA = 33
const [KE, NONCE, NOTIFY] = [34, 40, 41]
const COOKIE = 16_390

const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255])
const payload = (next: number, body: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([next, 0]), u16(body.length + 4), body])

/** ENCR_AES_CBC of 256 bits, PRF_HMAC_SHA2_256, AUTH_HMAC_SHA2_256_128, MODP 2048. */
const transforms = [
  [1, 12, Buffer.from([0x80, 14, 1, 0])],
  [2, 5, Buffer.alloc(0)],
  [3, 12, Buffer.alloc(0)],
  [4, 14, Buffer.alloc(0)],
].map(([type, id, more], index) =>
  Buffer.concat([
    Buffer.from([index === 3 ? 0 : 3, 0]),
    u16(8 + (more as Buffer).length),
    Buffer.from([Number(type), 0]),
    u16(Number(id)),
    more as Buffer,
  ]),
)
const proposal = Buffer.concat([Buffer.from([1, 1, 0, transforms.length]), ...transforms])
const security = payload(KE, payload(0, proposal))

const initiation = (spi: Uint8Array, cookie?: Uint8Array): Buffer => {
  const told = cookie === undefined ? [] : [payload(SA, Buffer.concat([Buffer.from([0, 0]), u16(COOKIE), cookie]))]
  const body = Buffer.concat([
    ...told,
    security,
    payload(NONCE, Buffer.concat([u16(14), u16(0), randomBytes(256)])),
    payload(0, randomBytes(32)),
  ])
  const head = Buffer.alloc(HEAD)
  head.set(spi)
  head.set([told.length > 0 ? NOTIFY : SA, 0x20, 34, 8], 16)
  head.writeUInt32BE(HEAD + body.length, 24)
  return Buffer.concat([head, body])
}

const open = (address: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = createSocket('udp4')
    socket.once('error', reject)
    socket.bind(0, address, () => resolve(socket))
  })
const send = (socket: Socket, packet: Uint8Array): Promise<void> =>
  new Promise((resolve) => socket.send(packet, PORT, server, () => resolve()))

/** The cookie in an answer, where it asks for one. */
const cookieIn = (answer: Buffer): Uint8Array | undefined =>
  answer[16] === NOTIFY && answer.length > HEAD + 8 && answer.readUInt16BE(HEAD + 6) === COOKIE
    ? answer.subarray(HEAD + 8, HEAD + answer.readUInt16BE(HEAD + 2))
    : undefined

const all: Socket[] = []
for (let one = 1; one <= Number(liars); one++) all.push(await open(`198.18.${one >> 8}.${one & 255}`))
let asked = 0
for (let one = 1; one <= Number(real); one++) {
  const socket = await open(`198.19.${one >> 8}.${one & 255}`)
  socket.on('message', (answer) => {
    const cookie = cookieIn(answer)
    if (cookie === undefined) return
    asked++
    void send(socket, initiation(answer.subarray(0, 8), cookie))
  })
  all.push(socket)
}
for (let sent = 0; sent < Number(count); sent++) {
  const socket = all[sent % all.length] as Socket
  await send(socket, sent % 5 === 4 ? randomBytes(randomInt(1, 1400)) : initiation(randomBytes(8)))
  if (sent % 20 === 0) await sleep(5)
}
await sleep(300)
process.stdout.write(`all sent, cookies asked for: ${asked}\n`)
for (const socket of all) socket.close()
