import type { Socket } from 'node:net'
import { SysvmError } from '@sysvm/errors'
import type Koa from 'koa'
import { z } from 'zod'
import { CONFIRM_QUERY, CONFIRM_SECONDS, EVENTS_PATH, SIGNATURE_HEADER } from '../api/index.ts'
import { SPEC_LIMIT_BYTES } from '../commit/document.ts'
import type { Engine } from '../commit/engine.ts'
import type { SignedSpec } from '../commit/store.ts'
import { optimizeFor } from '../effects/optimize.ts'
import type { Monitor } from '../health/monitor.ts'
import { log } from '../log.ts'
import type { Effects } from '../service/index.ts'
import { parseRequest, readBody, readJson } from './body.ts'
import { Diagnostic, diagnose } from './diagnostics.ts'
import type { Events } from './events.ts'
import { explainPacket, Flow } from './explain/index.ts'
import { type FirmwareRoutesOptions, firmwareRoutes } from './firmware.ts'
import { renderMetrics } from './metrics.ts'
import type { Route } from './routes.ts'

/** What the control API is made of. */
export interface ApiOptions extends FirmwareRoutesOptions {
  readonly engine: Engine
  readonly monitor: Pick<Monitor, 'check' | 'last'>
  readonly events: Events
  readonly effects: Effects
  /** When the socket was accepted, in monotonic milliseconds. */
  readonly acceptedAt: (socket: Socket) => number
}

const Confirm = z.strictObject({ generation: z.int().min(1) })
const ConfirmSeconds = z.coerce
  .number()
  .int()
  .min(CONFIRM_SECONDS.least)
  .max(CONFIRM_SECONDS.most)
  .default(CONFIRM_SECONDS.unlessTold)
/** Only units of ours: the journal of others may hold what is not the manager's business. */
const Logs = z.object({
  unit: z
    .string()
    .regex(/^sysvm-[a-z0-9-]+(@[a-z0-9.-]+)?(\.service)?$/, 'is not a unit of sysvm such as sysvm-dnsmasq.service')
    .default('sysvm-agent.service'),
  lines: z.coerce.number().int().min(1).max(5000).default(200),
})

const readSigned = async (context: Koa.Context): Promise<SignedSpec> => {
  const bytes = await readBody(context.req, SPEC_LIMIT_BYTES)
  optimizeFor(bytes.length)
  return { bytes, signature: context.get(SIGNATURE_HEADER) }
}

/** Answers first: the connection goes down with the machine. */
const powerRoute = (path: string, verb: 'poweroff' | 'reboot', { effects }: ApiOptions): Route => ({
  method: 'POST',
  path,
  handle: (context) => {
    context.status = 202
    context.body = {}
    context.res.once('finish', () => {
      effects.run(['systemctl', '--no-block', verb]).catch((error: unknown) => log('error', String(error)))
    })
  },
})

/** Routes that change the machine. */
const commitRoutes = ({ engine, acceptedAt, status }: ApiOptions): Route[] => [
  ...(
    [
      ['PUT', 'whole'],
      ['PATCH', 'difference'],
    ] as const
  ).map(
    ([method, as]): Route => ({
      method,
      path: '/v1/spec',
      handle: async (context) => {
        const seconds = parseRequest(ConfirmSeconds, context.query[CONFIRM_QUERY])
        context.body = await engine.commit({ ...(await readSigned(context)), as }, seconds)
      },
    }),
  ),
  {
    method: 'POST',
    path: '/v1/confirm',
    handle: async (context) => {
      const { generation } = await readJson(context.req, Confirm)
      await engine.confirm(generation, acceptedAt(context.req.socket))
      context.body = status()
    },
  },
  {
    method: 'POST',
    path: '/v1/rollback',
    handle: async (context) => {
      await engine.rollback()
      context.body = status()
    },
  },
]

/** Routes that look. */
const readRoutes = ({ engine, monitor, events, effects, status }: ApiOptions): Route[] => {
  const get = (path: string, answer: (parameters: Readonly<Record<string, string>>) => unknown): Route => ({
    method: 'GET',
    path,
    handle: async (context, parameters) => {
      context.body = await answer(parameters)
    },
  })
  return [
    get('/v1/status', status),
    get('/v1/health', () => engine.health()),
    get('/v1/checks', () => monitor.last()),
    {
      method: 'POST',
      path: '/v1/checks',
      handle: async (context) => {
        context.body = await monitor.check()
      },
    },
    get('/v1/drift', () => engine.drift()),
    get('/v1/generations', () => engine.generations()),
    get('/v1/state/:service', ({ service = '' }) => engine.state(service)),
    {
      method: 'GET',
      path: '/v1/metrics',
      handle: async (context) => {
        const [health, families] = await Promise.all([engine.health(), engine.metrics()])
        const facts = { status: status(), health, families, counters: engine.counters() }
        context.type = 'text/plain; version=0.0.4'
        context.body = renderMetrics({ ...facts, residentBytes: process.memoryUsage.rss() })
      },
    },
    {
      method: 'POST',
      path: '/v1/plan',
      handle: async (context) => {
        context.body = await engine.plan(await readSigned(context))
      },
    },
    {
      method: 'POST',
      path: '/v1/diagnostics',
      handle: async (context) => {
        context.body = await diagnose(await readJson(context.req, Diagnostic), effects)
      },
    },
    {
      method: 'POST',
      path: '/v1/explain',
      handle: async (context) => {
        const flow = await readJson(context.req, Flow)
        context.body = await engine.inForce((spec, services) => explainPacket(flow, services, spec, effects))
      },
    },
    {
      method: 'GET',
      path: '/v1/logs',
      handle: async (context) => {
        const { unit, lines } = parseRequest(Logs, context.query)
        const { stdout } = await effects.run([
          'journalctl',
          '--no-pager',
          '-o',
          'short-iso',
          '-n',
          `${lines}`,
          '-u',
          unit,
        ])
        context.type = 'text/plain'
        context.body = stdout
      },
    },
    {
      method: 'GET',
      path: EVENTS_PATH,
      handle: (context) => {
        if (!events.stream(context.res, Number(context.get('last-event-id') || 0))) {
          throw new SysvmError('SYSVM_REQUEST_INVALID', 'Too many event streams are open; close one first.')
        }
        // Koa must not end the response: the stream lives on.
        context.respond = false
      },
    },
  ]
}

export const apiRoutes = (options: ApiOptions): Route[] => [
  ...commitRoutes(options),
  ...firmwareRoutes(options),
  ...readRoutes(options),
  powerRoute('/v1/shutdown', 'poweroff', options),
  powerRoute('/v1/reboot', 'reboot', options),
]
