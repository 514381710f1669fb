import { Resolver } from 'node:dns/promises'
import { get } from 'node:http'
import { connect } from 'node:net'
import { patience } from '../patience.ts'

/** Run in a namespace: one question as a program there would ask it, the answer as JSON. */
const [kind = '', target = '', second = '', ...headers] = process.argv.slice(2)
/** Long enough for the first packet of a connection to be lost: TCP sends it again after a second. */
const PATIENCE_MS = patience(1200)

const fetchPage = (): Promise<{ status: number; body: string } | undefined> =>
  new Promise((resolve) => {
    const pairs = headers.map((header) => header.split(': ') as [string, string])
    const request = get(target, { headers: Object.fromEntries(pairs), timeout: PATIENCE_MS }, (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(undefined))
  })

const reach = (): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(Number(second), target)
    const end = (reached: boolean): void => {
      socket.destroy()
      resolve(reached)
    }
    socket.setTimeout(PATIENCE_MS, () => end(false))
    socket.on('connect', () => end(true))
    socket.on('error', () => end(false))
  })

const lookUp = async (): Promise<readonly string[] | string> => {
  const resolver = new Resolver({ timeout: PATIENCE_MS, tries: 1 })
  resolver.setServers([target])
  try {
    return await (/^[\d.]+$/.test(second) ? resolver.reverse(second) : resolver.resolve4(second))
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  }
}

const lookUp6 = async (): Promise<readonly string[] | string> => {
  const resolver = new Resolver({ timeout: PATIENCE_MS, tries: 1 })
  resolver.setServers([target.includes(':') ? `[${target}]` : target])
  try {
    return await (second.includes(':') ? resolver.reverse(second) : resolver.resolve6(second))
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  }
}

const answers: Readonly<Record<string, () => Promise<unknown>>> = {
  http: fetchPage,
  tcp: reach,
  dns: lookUp,
  dns6: lookUp6,
}
process.stdout.write(JSON.stringify({ answer: await answers[kind]?.() }))
// A resolver or socket that still waits must not keep the process.
process.exit()
