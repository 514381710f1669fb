import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type LabProcess, until } from '../../lab/index.ts'

/** Of one fault, in milliseconds. */
export interface Measured {
  readonly pingMs: number
  readonly connectMs: number
  /** Longest that a busy connection heard nothing. */
  readonly busyStallMs: number
  readonly busyLost: number
  readonly idleLost: number
  /** Whether the download through the load balancer ended; absent: there is none. */
  readonly downloadLost?: boolean
}

export const IDLE = 200
export const BUSY = 20

const program = (name: string, ...argv: readonly string[]): [string, ...string[]] => [
  process.execPath,
  '--disable-warning=ExperimentalWarning',
  join(import.meta.dirname, `${name}.ts`),
  ...argv,
]

/** Asks a probe, and gives its next line. */
const ask = (process: LabProcess, word: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { stdin, stdout } = process.child
    if (stdin === null || stdout === null) return reject(new Error('the probe has no input and output'))
    const lines = createInterface(stdout)
    lines.once('line', (line) => {
      lines.close()
      resolve(line)
    })
    void process.ended.then(() => reject(new Error(`the probe ended: ${process.output()}`)))
    stdin.write(`${word}\n`)
  })

/** Where programs run: a machine of a lab, or what has its network. */
export interface Spawner {
  spawn(argv: readonly [string, ...string[]]): Promise<LabProcess>
}

/** What probes of others talk to, until the lab ends. */
export const startServer = async (at: Spawner): Promise<LabProcess> => {
  const server = await at.spawn(program('serve'))
  await until('a server is there', () => server.output().includes('ready'))
  return server
}

/** What uses a router: from `guest` to `address`, and from outside through its load balancer. */
export interface Probes extends AsyncDisposable {
  /** From `mark` to `tell`. */
  mark(): Promise<void>
  tell(): Promise<Measured>
}

export interface ProbesOptions {
  /** Connections that are held, and how many of them are used all the time. */
  readonly idle?: number
  readonly busy?: number
  /** Where connections are held to beside `address`. */
  readonly also?: readonly string[]
}

/** Uses a router from `guest` to `address`, where a server is. */
export const startProbe = async (
  guest: Spawner,
  address: string,
  { idle = IDLE, busy = BUSY, also = [] }: ProbesOptions = {},
): Promise<Probes> => {
  const probe = await guest.spawn(program('probe', String(idle), String(busy), address, ...also))
  return {
    mark: async () => void (await ask(probe, 'mark')),
    tell: async () => JSON.parse(await ask(probe, 'tell')) as Measured,
    [Symbol.asyncDispose]: async () => void (await probe.stop('SIGTERM')),
  }
}

interface BalancedOptions extends ProbesOptions {
  /** Where a load balancer listens. */
  readonly balanced?: string | undefined
}

export const startProbes = async (
  guest: Spawner,
  outside: Spawner,
  address: string,
  { balanced, ...options }: BalancedOptions = {},
): Promise<Probes> => {
  const servers = [await startServer(outside), await startServer(guest)]
  const probe = await startProbe(guest, address, options)
  const download = balanced === undefined ? undefined : await outside.spawn(program('download', balanced, '80'))
  return {
    mark: async () => {
      await probe.mark()
      if (download !== undefined) await ask(download, 'mark')
    },
    tell: async () => {
      const told = await probe.tell()
      if (download === undefined) return told
      const { lost } = JSON.parse(await ask(download, 'tell')) as { readonly lost: boolean }
      return { ...told, downloadLost: lost }
    },
    [Symbol.asyncDispose]: async () => {
      await probe[Symbol.asyncDispose]()
      for (const one of [download, ...servers]) await one?.stop('SIGTERM')
    },
  }
}
