import { createHash, createPublicKey, verify } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type AgentEvent, HEARTBEAT, SEAL_HEADER, SIGNATURE_HEADER } from '@sysvm/agent/api'
import { applyEdits, type Json, SpecDifference, treeDigest } from '@sysvm/agent/spec/difference'
import { SysvmError } from '@sysvm/errors'
import { roleOf } from '@sysvm/manager/hosts/simulator/roles'
import type { ControlClient } from '@sysvm/manager/orchestration/world'
import type { Store } from './files.ts'

export interface AgentState {
  readonly confirmed: number | null
  readonly pending: {
    readonly generation: number
    readonly connection: number
    readonly spec: unknown
    readonly digest: string
  } | null
  readonly spec: unknown
  /** Under which a difference to the spec knows it. */
  readonly digest?: string
}

interface Booted {
  readonly managerKey: string
}

export interface AgentOptions {
  /** Time that one commit takes, in milliseconds. */
  readonly commitMs: number
  /** Content hash of the machine's own. */
  readonly image: string
  /** Whether firmware of this image does not come up. */
  readonly broken: (image: string) => boolean
  /** The machine ends, as its agent was asked. */
  readonly powerOff: () => void
}

/** Between two looks whether there is an event, in milliseconds. */
const LOOK_MS = 50

const fresh: AgentState = { confirmed: null, pending: null, spec: null }
let connections = 0

const generationOf = (body: unknown): number => (body as { generation: number }).generation

const signed = (key: string, body: string, signature: string | undefined): boolean =>
  signature !== undefined &&
  verify(
    null,
    Buffer.from(body),
    createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' }),
    Buffer.from(signature, 'base64'),
  )

/** The commit engine's rules without a machine: order, signature, confirm over a later connection. */
export const simulateAgent = (store: Store, path: string, boot: Booted, options: AgentOptions): ControlClient => {
  const connection = ++connections
  const state = (): AgentState => store.read<AgentState>(path) ?? fresh
  const amended = (body: string): { readonly spec: { readonly generation: number }; readonly digest: string } => {
    const { base, edits, digest } = SpecDifference.parse(JSON.parse(body))
    const { confirmed, spec, digest: own } = state()
    if (base.generation !== confirmed || base.digest !== own)
      throw new SysvmError('SYSVM_SPEC_BASE', 'The difference is to another spec.')
    const next = applyEdits(spec as Json, edits) as unknown as { readonly generation: number }
    if (treeDigest(next) !== digest) throw new SysvmError('SYSVM_SPEC_BASE', 'The difference leads elsewhere.')
    return { spec: next, digest }
  }
  const put = async (method: string, body: string, signature: string | undefined): Promise<unknown> => {
    if (!signed(boot.managerKey, body, signature))
      throw new SysvmError('SYSVM_SPEC_SIGNATURE', 'The spec is not signed.')
    const whole = (): ReturnType<typeof amended> => ({
      spec: JSON.parse(body) as { generation: number },
      digest: createHash('sha256').update(body).digest('hex'),
    })
    const { spec, digest } = method === 'PATCH' ? amended(body) : whole()
    const before = state()
    if (before.pending) throw new SysvmError('SYSVM_COMMIT_PENDING', 'A commit waits for its confirm.')
    if (spec.generation <= (before.confirmed ?? 0)) throw new SysvmError('SYSVM_SPEC_STALE', 'The spec is old.')
    await sleep(options.commitMs)
    const refused = store.read<string>(`${path}.refuses`)
    if (refused !== undefined && Object.hasOwn((spec as { readonly services?: object }).services ?? {}, refused)) {
      const details = { step: 'probe', service: refused }
      const message = `${refused} does not serve.`
      store.write(`${path}.failed`, { generation: spec.generation, message, ...details })
      throw new SysvmError('SYSVM_PROBE_FAILED', message, { details })
    }
    store.write(path, { ...before, pending: { generation: spec.generation, connection, spec, digest } })
    store.append(`${path}.commits`, spec.generation)
    return { generation: spec.generation, state: 'pending', actions: [], timings: { apply: options.commitMs } }
  }
  const confirm = (generation: number): unknown => {
    const before = state()
    if (before.pending?.generation !== generation) throw new SysvmError('SYSVM_SPEC_CONFLICT', 'Nothing to confirm.')
    if (before.pending.connection === connection)
      throw new SysvmError('SYSVM_CONFIRM_CONNECTION', 'The connection is older than the commit.')
    const { spec, digest } = before.pending
    store.write(path, { confirmed: generation, pending: null, spec, digest })
    return {}
  }
  /** What is on trial ends with its agent, which never dies here: an image that is broken is refused by itself. */
  const patch = (headers: Readonly<Record<string, string>> = {}): unknown => {
    const text = Buffer.from(headers[SEAL_HEADER] ?? '', 'base64').toString()
    if (!signed(boot.managerKey, text, headers[SIGNATURE_HEADER]))
      throw new SysvmError('SYSVM_FIRMWARE_SIGNATURE', 'The firmware is not signed.')
    const { image } = JSON.parse(text) as { image: string }
    const id = createHash('sha256').update(text).digest('hex')
    if (options.broken(image)) store.write(`${path}.patchfailed`, { id, why: 'its agent ended', at: '' })
    else store.write(`${path}.patch`, { id, image, trial: true })
    store.append(`${path}.patches`, image)
    return { id, state: 'staged' }
  }
  const patched = () => store.read<{ id: string; image: string; trial: boolean }>(`${path}.patch`) ?? null
  const tunnels = () => store.read<readonly { readonly id: string }[]>(`${path}.tunnels`) ?? []
  /** What is written down of its tunnels is an event when it changes. */
  async function* events({ signal }: Parameters<ControlClient['events']>[0]): AsyncGenerator<AgentEvent> {
    const at = new Date(0).toISOString()
    let known = new Set(tunnels().map((tunnel) => JSON.stringify(tunnel)))
    for (let id = 1; ; await sleep(LOOK_MS, undefined, { signal })) {
      const now = tunnels()
      for (const tunnel of now)
        if (!known.has(JSON.stringify(tunnel))) yield { id: id++, at, type: 'vpn', data: { ...tunnel } }
      known = new Set(now.map((tunnel) => JSON.stringify(tunnel)))
      yield { id, at, type: HEARTBEAT, data: {} }
    }
  }
  const answer = async (
    method: string,
    target: string,
    request: Parameters<ControlClient['request']>[2],
  ): Promise<unknown> => {
    if (target === '/v1/status') {
      const { confirmed, pending } = state()
      const lastFailure = store.read(`${path}.failed`) ?? null
      const failed = store.read(`${path}.patchfailed`) ?? null
      const firmware = {
        image: options.image,
        platform: 'simulated',
        patch: { running: patched(), staged: null, failed },
      }
      return {
        ...firmware,
        confirmed,
        pending: pending && { generation: pending.generation, confirmBefore: '' },
        lastFailure,
      }
    }
    if (target.startsWith('/v1/firmware?')) return patch(request?.headers)
    if (target === '/v1/firmware/confirm') {
      store.write(`${path}.patch`, { ...patched(), trial: false })
      return answer('GET', '/v1/status', {})
    }
    if (method === 'PUT' || method === 'PATCH')
      return put(method, String(request?.body), request?.headers?.[SIGNATURE_HEADER])
    if (target === '/v1/state/redundancy') return store.read(`${path}.role`) ?? roleOf(store, path, state().spec) ?? {}
    if (target === '/v1/health') {
      const ill = store.read<string>(`${path}.ails`)
      const services = ill === undefined ? {} : { [ill]: { healthy: false, reason: 'it does not answer' } }
      return { healthy: ill === undefined, services }
    }
    if (target === '/v1/state/vpn') {
      store.append(`${path}.vpnasked`, 1)
      return { connections: tunnels(), l2tp: store.read(`${path}.l2tp`) }
    }
    if (target === '/v1/confirm') return confirm(generationOf(request?.body))
    if (target === '/v1/shutdown') options.powerOff()
    if (target === '/v1/rollback') store.write(path, { ...state(), pending: null })
    return {}
  }
  return {
    request: async <T>(method: string, target: string, request?: Parameters<ControlClient['request']>[2]) =>
      (await answer(method, target, request)) as T,
    events,
    close: async () => {},
  }
}
