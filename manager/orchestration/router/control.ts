import { setTimeout as sleep } from 'node:timers/promises'
import type { Status } from '@sysvm/agent/api'
import { type ErrorCode, isSysvmError, messageOf, SysvmError } from '@sysvm/errors'
import type { HostDriver } from '../../hosts/driver.ts'
import { type ControlClient, routerName, type World } from '../world.ts'
import { forgetConnection, type KeptAddress, keepConnection, keptConnection } from './kept.ts'

export type RouterAddress = KeptAddress

/** A new SSH connection to the router's agent. */
export const connectRouter = (world: World, driver: HostDriver, router: RouterAddress): Promise<ControlClient> =>
  world.openControl(driver, {
    address: router.linklocal,
    hostKey: router.host_key_public,
    privateKey: world.keys.sshPrivate,
  })

/** Runs `use` over a connection opened for it, which is kept for what is asked next. */
export const withNewConnection = async <T>(
  world: World,
  driver: HostDriver,
  router: RouterAddress,
  use: (client: ControlClient) => Promise<T>,
): Promise<T> => {
  const client = await connectRouter(world, driver, router)
  try {
    const answer = await use(client)
    await keepConnection(world, router, client)
    return answer
  } catch (error) {
    await client.close()
    throw error
  }
}

const lost: ReadonlySet<string> = new Set<ErrorCode>([
  'SYSVM_CONTROL_ANSWER',
  'SYSVM_HOST_CONNECT',
  'SYSVM_HOST_UNREACHABLE',
  'SYSVM_TIMEOUT',
])

/** The question did not come through: what the agent refuses has the status of its answer. */
const isLost = (error: unknown): boolean =>
  isSysvmError(error) && lost.has(error.code) && error.details.status === undefined

/**
 * Runs `use` over the connection that is open already, or a new one. A connection may have died unnoticed, so `use` is
 * run once more over a new one when it was cut off: it must be safe to repeat.
 */
export const withRouter = async <T>(
  world: World,
  driver: HostDriver,
  router: RouterAddress,
  use: (client: ControlClient) => Promise<T>,
): Promise<T> => {
  const kept = keptConnection(world, router)
  if (kept !== undefined)
    try {
      return await use(kept)
    } catch (error) {
      if (!isLost(error)) throw error
      world.log.debug({ router: router.id, err: error }, 'a kept connection is lost; opening another')
      await forgetConnection(world, router.id, kept)
    }
  return withNewConnection(world, driver, router, use)
}

/** Longest wait for a machine that is to end anyway, in milliseconds. */
const SHUTDOWN_MS = 5000

/** Powers the router's machine off: its own agent is asked first, since an image need not listen to a power button. */
export const shutDownRouter = async (
  world: World,
  driver: HostDriver,
  router: RouterAddress & { readonly number: number },
): Promise<void> => {
  try {
    await withRouter(world, driver, router, (client) =>
      client.request('POST', '/v1/shutdown', { body: {}, timeoutMs: SHUTDOWN_MS }),
    )
  } catch (error) {
    world.log.debug({ router: router.id, err: error }, 'a router does not answer; switching its machine off')
  }
  await forgetConnection(world, router.id)
  await driver.stopMachine(routerName(router.number))
}

/** Another machine answers at its address: asking again cannot help. */
const hopeless = (error: unknown): boolean => isSysvmError(error, 'SYSVM_HOST_KEY_MISMATCH')

/** Asks until the agent answers. Rejects with SYSVM_ROUTER_UNREACHABLE when the boot takes too long. */
export const awaitRouter = async (world: World, driver: HostDriver, router: RouterAddress): Promise<Status> => {
  const started = performance.now()
  for (let pause = 50; ; pause = Math.min(pause * 1.5, 1000)) {
    try {
      return await withNewConnection(world, driver, router, (client) => client.request<Status>('GET', '/v1/status'))
    } catch (cause) {
      const waited = performance.now() - started
      if (hopeless(cause) || waited > world.settings.bootTimeoutMs)
        throw new SysvmError(
          'SYSVM_ROUTER_UNREACHABLE',
          `The system VM at ${router.linklocal} does not answer after ${Math.round(waited / 1000)} s: ${messageOf(cause)}`,
          { details: { router: router.id }, cause },
        )
      await sleep(pause)
    }
  }
}
