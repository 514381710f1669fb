import { SysvmError } from '@sysvm/errors'
import Koa from 'koa'
import { integrationPort } from './authenticate.ts'
import { readForm } from './body.ts'
import { type Budget, busy, createSharedBudget, defaultBounds } from './bounds.ts'
import { nobody } from './caller.ts'
import { commands } from './commands.ts'
import { type Answer, dispatch, indexCommands, renderError, rootOf } from './dispatch.ts'
import { createLimiter } from './limiter.ts'
import type { ApiOptions } from './options.ts'
import { placeOf } from './place.ts'
import { type Visit, visitOf } from './visit.ts'
import { parseRequest, peekRequest } from './wire/request.ts'

const LOOKS = /^(list|query|get)/

/** What went wrong, as a header can have it: CloudStack's web UI shows nothing else. */
const headerOf = (text: string): string =>
  text
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .slice(0, 1000)
    .trim()

/** What the client sent, still encoded: the query string and the form, and what the form holds of the budget. */
interface Sent {
  readonly encoded: string[]
  held: number
}

/** It grows while the request is read. */
const readSent = async (ctx: Koa.Context, sent: Sent, forms: Budget): Promise<void> => {
  if (ctx.method !== 'GET' && ctx.method !== 'POST') {
    ctx.set('Allow', 'GET, POST')
    throw new SysvmError('SYSVM_API_METHOD', `The API answers GET and POST, not ${ctx.method}.`)
  }
  if (ctx.method !== 'POST') return
  const { text, bytes } = await readForm(ctx.req, forms)
  sent.held = bytes
  sent.encoded.push(text)
}

/** Reads, authenticates and runs a request. Never rejects: what goes wrong is an answer in the client's format. */
const answerer = (options: ApiOptions) => {
  const { db, jobs, log, authenticate = integrationPort, bounds = defaultBounds, ...dependencies } = options
  const index = indexCommands(commands)
  const admit = createLimiter(db)
  // The integration port is for programs on this machine, which it trusts.
  const each = options.authenticate === undefined ? bounds : bounds.each
  const forms = createSharedBudget(bounds.formBytes, each.formBytes)
  const requests = createSharedBudget(bounds.requests, each.requests)
  const unexpected = (command: string) => (err: unknown) =>
    log?.error({ command, err }, 'a command failed unexpectedly')
  const run = async (ctx: Koa.Context, sent: Sent, visit: Visit): Promise<Answer> => {
    const { encoded } = sent
    try {
      const who = placeOf(visit.address)
      await readSent(ctx, sent, { take: (bytes) => forms.take(who, bytes), give: (bytes) => forms.give(who, bytes) })
      const request = parseRequest(encoded)
      const anonymous = index.get(request.command)?.anonymous === true
      const caller = anonymous ? nobody : await authenticate(visit, request)
      if (!anonymous) await admit(caller)
      const context = { db, jobs, caller, visit, dependencies, commands }
      return await dispatch(index, context, request, unexpected(request.command))
    } catch (error) {
      const { command, format } = peekRequest(encoded)
      return renderError(format, index.has(command) ? rootOf(command) : 'errorresponse', error, unexpected(command))
    }
  }
  return async (ctx: Koa.Context, encoded: string[]): Promise<Answer> => {
    const visit = visitOf(ctx.req, (cookie) => ctx.append('Set-Cookie', cookie), dependencies.proxies)
    const who = placeOf(visit.address)
    if (!requests.take(who, 1)) {
      ctx.set({ Connection: 'close', 'Retry-After': '1' })
      return renderError(peekRequest(encoded).format, 'errorresponse', busy())
    }
    const sent: Sent = { encoded, held: 0 }
    // Not before the client has its answer, or is gone: one that does not read takes its place as long.
    ctx.res.once('close', () => {
      requests.give(who, 1)
      forms.give(who, sent.held)
    })
    return run(ctx, sent, visit)
  }
}

export const createApp = (options: ApiOptions): Koa => {
  const answer = answerer(options)
  const app = new Koa()
  app.use(async (ctx) => {
    // With or without a slash at the end, as the reference server's.
    if (options.path !== undefined && ctx.path.replace(/\/$/, '') !== options.path) return
    const started = performance.now()
    const encoded = [ctx.querystring]
    const { status, type, body, errortext } = await answer(ctx, encoded)
    ctx.status = status
    ctx.type = type
    // As bytes: of a text Koa would count them first, and Node make them again.
    ctx.body = Buffer.from(body)
    ctx.set('Cache-Control', 'no-store')
    ctx.set('X-Content-Type-Options', 'nosniff')
    if (errortext !== undefined) ctx.set('X-Description', headerOf(errortext))
    // The command's name only: values may be user data or keys.
    const command = peekRequest(encoded).command.slice(0, 60)
    // Clients poll: what only looks and is answered is no news.
    const level = status === 200 && LOOKS.test(command) ? 'debug' : 'info'
    options.log?.[level]({ command, status, ms: Math.round(performance.now() - started) }, 'api')
  })
  return app
}
