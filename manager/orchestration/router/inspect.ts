import {
  type DiagnosticRequest,
  type DiagnosticResult,
  type Drift,
  type ExplainRequest,
  type Explanation,
  type Health,
  type HealthReport,
  type Plan,
  SIGNATURE_HEADER,
  type Status,
} from '@sysvm/agent/api'
import { SysvmError } from '@sysvm/errors'
import type { RouterSpec } from '@sysvm/router/spec'
import { driverOf } from '../hosts.ts'
import type { World } from '../world.ts'
import { connectRouter } from './control.ts'
import { routerSpec } from './spec.ts'
import { readRouterState } from './state.ts'

/** What people ask a router. */
export interface RouterInspection {
  status(): Promise<Status>
  health(): Promise<Health>
  /** `fresh`: run now; else what the machine found last. */
  checks(fresh: boolean): Promise<HealthReport>
  diagnose(request: DiagnosticRequest): Promise<DiagnosticResult>
  explain(request: ExplainRequest): Promise<Explanation>
  drift(): Promise<Drift>
  plan(spec: unknown): Promise<Plan>
  /** Newest lines of the agent's journal, newest last. */
  log(lines: number): Promise<string>
  close(): Promise<void>
}

const readRouter = async (world: World, id: string) => {
  const router = await world.db.selectFrom('router').selectAll().where('id', '=', id).executeTakeFirst()
  if (router === undefined)
    throw new SysvmError('SYSVM_NOT_FOUND', `There is no router ${id}.`, { details: { router: id } })
  return router
}

/** A fresh control connection to a router that is placed. */
export const inspectRouter = async (world: World, id: string): Promise<RouterInspection> => {
  const router = await readRouter(world, id)
  if (router.host === null)
    throw new SysvmError('SYSVM_RESOURCE_STATE', 'The router is on no host yet.', { details: { router: id } })
  const client = await connectRouter(world, await driverOf(world, router.host), router)
  return {
    status: () => client.request('GET', '/v1/status'),
    health: () => client.request('GET', '/v1/health'),
    checks: (fresh) =>
      fresh ? client.request('POST', '/v1/checks', { body: {} }) : client.request('GET', '/v1/checks'),
    // Longer than the longest of the machine's own limits.
    diagnose: (body) => client.request('POST', '/v1/diagnostics', { body, timeoutMs: 110_000 }),
    explain: (body) => client.request('POST', '/v1/explain', { body }),
    drift: () => client.request('GET', '/v1/drift'),
    plan: (spec) => {
      const body = JSON.stringify(spec)
      const headers = { 'content-type': 'application/json', [SIGNATURE_HEADER]: world.keys.sign(Buffer.from(body)) }
      return client.request('POST', '/v1/plan', { body, headers })
    },
    log: (lines) => client.request('GET', `/v1/logs?unit=sysvm-agent.service&lines=${lines}`),
    close: () => client.close(),
  }
}

/** What the manager would send to the router now. */
export const nextRouterSpec = async (world: World, id: string): Promise<RouterSpec> => {
  const router = await readRouter(world, id)
  const state = await readRouterState(world, id)
  if (state === undefined)
    throw new SysvmError('SYSVM_NOT_FOUND', `There is no router ${id}.`, { details: { router: id } })
  return routerSpec(state, router.generation + 1)
}
