import { createHash } from 'node:crypto'
import { type CommitResult, SIGNATURE_HEADER } from '@sysvm/agent/api'
import { differenceTo, type HeldSpec } from '@sysvm/agent/spec/difference'
import { isSysvmError } from '@sysvm/errors'
import type { RouterSpec } from '@sysvm/router/spec'
import type { ControlClient, World } from '../world.ts'

/** Bytes of a document below which it is told as a whole: there is nothing to gain. */
const LEAST = 8 * 1024
/** Bytes of the documents that are remembered, as text. Those told longest ago go first. */
const MOST = 64 * 1024 * 1024

/** What a router confirmed last, and how long that is as text. */
export interface Told extends HeldSpec {
  readonly bytes: number
}

const memory = new WeakMap<World, Map<string, Told>>()

const toldBy = (world: World): Map<string, Told> => {
  const known = memory.get(world) ?? new Map<string, Told>()
  memory.set(world, known)
  return known
}

/** From now on the router may be told the difference to this; only what it has confirmed. */
export const rememberTold = (world: World, router: string, told: Told): void => {
  const known = toldBy(world)
  known.delete(router)
  if (told.bytes < LEAST || told.bytes > MOST) return
  known.set(router, told)
  let sum = 0
  for (const { bytes } of known.values()) sum += bytes
  for (const [oldest, { bytes }] of known) {
    if (sum <= MOST) return
    known.delete(oldest)
    sum -= bytes
  }
}

/** It has another document in force than we think, or its firmware knows whole documents only. */
const wantsWhole = (error: unknown): boolean =>
  isSysvmError(error, 'SYSVM_SPEC_BASE') || isSysvmError(error, 'SYSVM_NOT_FOUND')

interface Telling {
  readonly result: CommitResult
  readonly told: Told
}

/** Sends the spec, as the difference to what the router holds where that is much less; the answer of its commit. */
export const tellSpec = async (
  world: World,
  client: Pick<ControlClient, 'request'>,
  router: string,
  spec: RouterSpec,
  confirmed: number | null,
): Promise<Telling> => {
  const send = (method: 'PUT' | 'PATCH', body: string): Promise<CommitResult> =>
    client.request<CommitResult>(method, '/v1/spec', {
      body,
      headers: { 'content-type': 'application/json', [SIGNATURE_HEADER]: world.keys.sign(Buffer.from(body)) },
    })
  const base = toldBy(world).get(router)
  const next = base?.generation === confirmed && base !== undefined ? differenceTo(base, spec) : undefined
  if (base !== undefined && next !== undefined) {
    const body = JSON.stringify(next.difference)
    if (body.length < base.bytes / 2)
      try {
        return { result: await send('PATCH', body), told: { ...next.held, bytes: base.bytes + body.length } }
      } catch (error) {
        if (!wantsWhole(error)) throw error
        world.log.info({ router, generation: spec.generation, err: error }, 'a router wants its whole spec')
      }
  }
  const body = JSON.stringify(spec)
  const digest = createHash('sha256').update(body).digest('hex')
  const told = { generation: spec.generation, digest, document: spec, bytes: body.length }
  return { result: await send('PUT', body), told }
}
