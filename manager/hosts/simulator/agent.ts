import { createHash, createPublicKey, verify } from 'node:crypto'
import {
  CONFIRM_SECONDS,
  type CommitResult,
  type FirmwareAnswer,
  type FirmwareSeal,
  type Status,
} from '@sysvm/agent/api'
import { applyEdits, type Json, SpecDifference, treeDigest } from '@sysvm/agent/spec/difference'
import { SysvmError } from '@sysvm/errors'
import type { VpnInput, VpnState } from '@sysvm/router/spec'
import type { MachineSpec } from '../driver.ts'
import { roleOf } from './roles.ts'
import type { Store } from './store.ts'

interface Held {
  readonly spec: unknown
  /** Under which a difference to the spec knows it. */
  readonly digest: string
}

/** What a simulated system VM keeps. */
interface AgentState extends Partial<Held> {
  readonly confirmed: number | null
  /** The firmware that it was given while it ran. */
  readonly patch?: Status['patch']['running']
  readonly pending: (Held & { readonly generation: number; readonly visit: number; readonly until: number }) | null
}

export interface AgentRequest {
  readonly method: string
  readonly path: string
  readonly body: string
  readonly signature: string | undefined
  /** JSON of a firmware's seal. */
  readonly seal: string
  /** Number of the SSH connection; a confirm must come over a later one than the commit. */
  readonly visit: number
}

export interface AgentOptions {
  readonly store: Store
  /** Name of its state in the store. */
  readonly name: string
  readonly machine: MachineSpec
  readonly now: () => number
  /** The machine ends, as its agent was asked. */
  readonly powerOff: () => void
}

const fresh: AgentState = { confirmed: null, pending: null }

/** Answers of a machine that is well and has seen nothing. */
const quiet: Readonly<Record<string, unknown>> = {
  '/v1/health': { healthy: true, services: {} },
  '/v1/checks': { healthy: true, checks: [] },
  '/v1/state/accounting': { guests: [], addresses: [] },
  '/v1/state/metadata': { served: [] },
}

/** Tunnels come up at once, but those that wait for a peer which never calls. */
const tunnelsOf = (spec: unknown): VpnState => {
  const { services } = (spec ?? {}) as { readonly services?: { readonly vpn?: VpnInput } }
  const connections = services?.vpn?.connections ?? []
  return {
    connections: connections.map(({ id, passive }) => ({
      id,
      state: passive ? 'Disconnected' : 'Connected',
      since: 0,
    })),
  }
}

const isSigned = (key: string, { signature }: AgentRequest, body: string): boolean =>
  signature !== undefined &&
  verify(
    null,
    Buffer.from(body),
    createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' }),
    Buffer.from(signature, 'base64'),
  )

const generationOf = (value: unknown): number => Number((value as { generation?: unknown } | null)?.generation)

const refuse = (code: ConstructorParameters<typeof SysvmError>[0], why: string): never => {
  throw new SysvmError(code, why)
}

/** The spec that is told, whole or as the difference to the one that is in force. */
const toldSpec = (state: AgentState, { method, body }: AgentRequest): Held => {
  if (method === 'PUT')
    return { spec: JSON.parse(body) as unknown, digest: createHash('sha256').update(body).digest('hex') }
  const { base, edits, digest } = SpecDifference.parse(JSON.parse(body))
  if (base.generation !== state.confirmed || base.digest !== state.digest)
    refuse('SYSVM_SPEC_BASE', 'The difference is to another spec.')
  const spec = applyEdits(state.spec as Json, edits)
  if (treeDigest(spec as object) !== digest) refuse('SYSVM_SPEC_BASE', 'The difference leads to another spec.')
  return { spec, digest }
}

/** The commit engine's rules without a machine: signature, order of generations, confirm in time and anew. */
export const answerAgent = ({ store, name, machine, now, powerOff }: AgentOptions, request: AgentRequest): unknown => {
  const stored = store.read<AgentState>(name) ?? fresh
  // Nobody confirmed in time: it is rolled back.
  const state: AgentState = stored.pending && stored.pending.until <= now() ? { ...stored, pending: null } : stored
  const put = (): CommitResult => {
    if (!isSigned(machine.boot?.managerKey ?? '', request, request.body))
      refuse('SYSVM_SPEC_SIGNATURE', 'The spec is not signed by the manager of this machine.')
    if (state.pending) refuse('SYSVM_COMMIT_PENDING', 'A commit waits for its confirm.')
    const told = toldSpec(state, request)
    const generation = generationOf(told.spec)
    if (!(generation > (state.confirmed ?? 0))) refuse('SYSVM_SPEC_STALE', `Generation ${generation} is old.`)
    const until = now() + CONFIRM_SECONDS.unlessTold * 1000
    store.write(name, { ...state, pending: { ...told, generation, visit: request.visit, until } })
    return { generation, state: 'pending', confirmBefore: new Date(until).toISOString(), actions: [], timings: {} }
  }
  const confirm = (): unknown => {
    const { pending } = state
    if (pending === null || pending.generation !== generationOf(JSON.parse(request.body)))
      return refuse('SYSVM_SPEC_CONFLICT', 'No commit of that generation waits for a confirm.')
    if (pending.visit === request.visit)
      return refuse('SYSVM_CONFIRM_CONNECTION', 'The confirm came over a connection older than the commit.')
    const { generation: confirmed, spec, digest } = pending
    store.write(name, { ...state, confirmed, spec, digest, pending: null } satisfies AgentState)
    return {}
  }
  const patch = (): FirmwareAnswer => {
    if (!isSigned(machine.boot?.managerKey ?? '', request, request.seal))
      refuse('SYSVM_FIRMWARE_SIGNATURE', 'The firmware is not signed by the manager of this machine.')
    const { image } = JSON.parse(request.seal) as FirmwareSeal
    const id = createHash('sha256').update(request.seal).digest('hex')
    store.write(name, { ...state, patch: { id, image, trial: true } } satisfies AgentState)
    return { id, state: 'staged' }
  }
  const confirmPatch = (): unknown => {
    const running = state.patch ?? refuse('SYSVM_NOTHING_PENDING', 'No firmware is on trial.')
    store.write(name, { ...state, patch: { ...running, trial: false } } satisfies AgentState)
    return {}
  }
  const status = (): Status => ({
    name: machine.name,
    role: machine.boot?.role ?? 'router',
    firmware: 'simulated',
    image: machine.image,
    platform: 'simulated',
    patch: { running: state.patch ?? null, staged: null, failed: null },
    bootId: machine.uuid,
    uptimeSeconds: 1,
    confirmed: state.confirmed,
    pending: state.pending && {
      generation: state.pending.generation,
      confirmBefore: new Date(state.pending.until).toISOString(),
    },
    lastFailure: null,
  })
  const { method, path } = request
  if (path === '/v1/status') return status()
  const role = path === '/v1/state/redundancy' && state.confirmed !== null && roleOf(store, name, state.spec)
  if (role) return role
  if (path.split('?')[0] === '/v1/spec' && method !== 'GET') return put()
  if (path.split('?')[0] === '/v1/firmware') return patch()
  if (path === '/v1/firmware/confirm') return confirmPatch()
  if (path === '/v1/confirm') return confirm()
  if (path === '/v1/rollback') store.write(name, { ...state, pending: null } satisfies AgentState)
  else if (path === '/v1/shutdown') powerOff()
  else if (path === '/v1/drift') return { generation: state.confirmed ?? 0, differences: [] }
  else if (path === '/v1/state/vpn') return tunnelsOf(state.confirmed === null ? undefined : state.spec)
  else if (path in quiet) return quiet[path]
  else refuse('SYSVM_NOT_FOUND', `A simulated system VM does not answer ${method} ${path}.`)
  return {}
}
