import type { ConfirmRequest, Status } from '@sysvm/agent/api'
import { isSysvmError, SysvmError } from '@sysvm/errors'
import type { HostDriver } from '../../hosts/driver.ts'
import type { World } from '../world.ts'
import { type RouterAddress, withNewConnection, withRouter } from './control.ts'
import { routerSpec, specDigest } from './spec.ts'
import type { RouterState } from './state.ts'
import { rememberTold, tellSpec } from './tell.ts'

export interface Held {
  readonly generation: number
  readonly spec_sha256: string | null
}

export interface Committed extends Held {
  /** Revision of the network or VPC that the machine holds now. */
  readonly revision: number
  /** And of each network it serves. */
  readonly networks: readonly { readonly id: string; readonly revision: number }[]
}

/** Above everything the machine may have seen, so that no number ever stands for two documents. */
const nextGeneration = (held: Held, status: Status): number =>
  1 +
  Math.max(held.generation, status.confirmed ?? 0, status.pending?.generation ?? 0, status.lastFailure?.generation ?? 0)

/** From the machine's own commit engine, which has its old generation in force then. */
export const isOfCommit = (error: unknown): error is SysvmError =>
  isSysvmError(error) && error.details.step !== undefined && error.details.step !== 'confirm'

/** A service did not serve in time, for the first time since the last document that is in force. */
const isLate = (step: unknown, { confirmed, lastFailure }: Status): boolean =>
  step === 'probe' && !(lastFailure?.step === 'probe' && lastFailure.generation > (confirmed ?? 0))

/**
 * The machine's own words in one sentence; trying the same document again cannot help. An error that names a step comes
 * from the commit engine, any other from the way there. What a machine may only have been too busy for deserves another
 * commit: a confirm that came too late, and once a service that was late to serve.
 */
const refused = (error: unknown, before: Status): unknown => {
  if (!isOfCommit(error) || isLate(error.details.step, before)) return error
  return new SysvmError('SYSVM_ROUTER_COMMIT', `The router refused its spec: ${error.message}`, {
    details: { code: error.code, step: error.details.step, service: error.details.service },
    cause: error,
  })
}

/** The machine holds what it confirmed last, and its last boot could restore all of that. */
const isWhole = ({ generation }: Held, { confirmed, pending, lastFailure }: Status): boolean =>
  confirmed === generation && pending === null && lastFailure?.generation !== generation

/** Of the network or VPC, that the state is of. */
export const revisionOf = ({ base: { vpc, networks } }: RouterState): number =>
  vpc?.revision ?? networks[0]?.revision ?? 0

/**
 * Brings the machine to the state's spec: signed, put, confirmed over a connection opened after the commit. Nothing is
 * sent when it holds that spec already.
 */
export const commitRouter = async (
  world: World,
  driver: HostDriver,
  router: RouterAddress & Held,
  state: RouterState,
  status: Status,
): Promise<Committed> => {
  const { networks } = state.base
  const revision = revisionOf(state)
  const held = { revision, networks: networks.map(({ id, revision }) => ({ id, revision })) }
  const generation = nextGeneration(router, status)
  const spec = routerSpec(state, generation)
  const digest = specDigest(spec)
  if (digest === router.spec_sha256 && isWhole(router, status))
    return { generation: router.generation, spec_sha256: digest, ...held }
  // A manager that died between its commit and its confirm left this behind; the machine may be quicker to undo it.
  if (status.pending !== null)
    await withRouter(world, driver, router, (client) => client.request('POST', '/v1/rollback', { body: {} })).catch(
      (error: unknown) => {
        if (!isSysvmError(error, 'SYSVM_NOTHING_PENDING')) throw error
      },
    )
  try {
    const { result, told } = await withRouter(world, driver, router, (client) =>
      tellSpec(world, client, router.id, spec, status.confirmed),
    )
    world.log.info({ router: router.id, generation, revision, timings: result.timings }, 'committed a spec')
    await world.at('router.committed')
    const confirm: ConfirmRequest = { generation }
    if (result.state === 'pending')
      await withNewConnection(world, driver, router, (client) =>
        client.request('POST', '/v1/confirm', { body: confirm }),
      )
    rememberTold(world, router.id, told)
  } catch (error) {
    throw refused(error, status)
  }
  await world.at('router.confirmed')
  return { generation, spec_sha256: digest, ...held }
}
