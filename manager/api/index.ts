import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SysvmError } from '@sysvm/errors'
import Koa from 'koa'
import type { Kysely } from 'kysely'
import type { Jobs } from '../jobs/index.ts'
import type { Database } from '../model/schema.ts'
import { type Authenticate, integrationPort } from './authenticate.ts'
import { readForm } from './body.ts'
import { commands } from './commands.ts'
import type { Dependencies } from './dependencies.ts'
import { dispatch, indexCommands, renderError } from './dispatch.ts'
import { guessFormat, parseRequest } from './wire/request.ts'

export type { ControlClient, Dependencies, InspectedHost } from './dependencies.ts'

/** The part of a logger that the API uses; pino fits. */
export interface ApiLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void
  error(fields: Readonly<Record<string, unknown>>, message: string): void
}

export interface ApiOptions extends Dependencies {
  readonly db: Kysely<Database>
  readonly jobs: Jobs
  readonly log?: ApiLog
  /** Default: the integration port's, the root administrator for everyone who reaches it. */
  readonly authenticate?: Authenticate
}

export interface Api {
  /** For a server of one's own. */
  readonly handler: ReturnType<Koa['callback']>
  /** Resolves when it answers; port 0 takes a free one. */
  listen(at: {
    readonly port: number
    readonly host?: string
  }): Promise<{ readonly host: string; readonly port: number }>
  /** Stops listening and waits for requests under way. */
  close(): Promise<void>
}

const REQUEST_TIMEOUT_MS = 30_000
const HEADERS_TIMEOUT_MS = 10_000
/** A GET carries its parameters in the request line; `deployVirtualMachine` with user data is the longest. */
const LONGEST_HEADERS = 64 * 1024

const createApp = (options: ApiOptions): Koa => {
  const { db, jobs, log, authenticate = integrationPort, ...dependencies } = options
  const index = indexCommands(commands)
  const app = new Koa()
  app.use(async (ctx) => {
    const started = performance.now()
    const encoded = [ctx.querystring]
    let command = ''
    const answer = await (async () => {
      try {
        if (ctx.method !== 'GET' && ctx.method !== 'POST') {
          ctx.set('Allow', 'GET, POST')
          throw new SysvmError('SYSVM_API_METHOD', `The API answers GET and POST, not ${ctx.method}.`)
        }
        if (ctx.method === 'POST') encoded.push(await readForm(ctx.req))
        const raw = parseRequest(encoded)
        command = raw.command
        const caller = await authenticate(ctx.req, raw)
        return await dispatch(index, { db, jobs, caller, dependencies, commands }, raw, (error) =>
          log?.error({ command, err: error }, 'a command failed unexpectedly'),
        )
      } catch (error) {
        return renderError(
          guessFormat(encoded),
          index.has(command) ? `${command}response` : 'errorresponse',
          error,
          (unexpected) => log?.error({ command, err: unexpected }, 'a request failed unexpectedly'),
        )
      }
    })()
    ctx.status = answer.status
    ctx.type = answer.type
    ctx.body = answer.body
    ctx.set('Cache-Control', 'no-store')
    ctx.set('X-Content-Type-Options', 'nosniff')
    // Names only: values may be user data or keys.
    log?.info({ command, status: answer.status, ms: Math.round(performance.now() - started) }, 'api')
  })
  return app
}

/** The query API as a server that is not listening yet. It owns neither the database nor the dependencies. */
export const createApi = (options: ApiOptions): Api => {
  const handler = createApp(options).callback()
  const server: Server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS, maxHeaderSize: LONGEST_HEADERS },
    handler,
  )
  return {
    handler,
    listen: ({ port, host = '127.0.0.1' }) =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, host, () => {
          server.off('error', reject)
          resolve({ host, port: (server.address() as AddressInfo).port })
        })
      }),
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()))
        server.closeIdleConnections()
      }),
  }
}
