import { setTimeout as sleep } from 'node:timers/promises'
import type { Status } from '@sysvm/agent/api'
import { isSysvmError, messageOf, SysvmError } from '@sysvm/errors'
import type { HostDriver } from '../../hosts/driver.ts'
import { type ControlClient, routerName, type World } from '../world.ts'

export interface RouterAddress {
  readonly id: string
  readonly linklocal: string
  readonly host_key_public: string
}

/** A new SSH connection to the router's agent. */
export const connectRouter = (world: World, driver: HostDriver, router: RouterAddress): Promise<ControlClient> =>
  world.openControl(driver, {
    address: router.linklocal,
    hostKey: router.host_key_public,
    privateKey: world.keys.sshPrivate,
  })

/** Runs `use` over a connection of its own and closes it. */
export const withRouter = async <T>(
  world: World,
  driver: HostDriver,
  router: RouterAddress,
  use: (client: ControlClient) => Promise<T>,
): Promise<T> => {
  const client = await connectRouter(world, driver, router)
  try {
    return await use(client)
  } finally {
    await client.close()
  }
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
  await driver.stopMachine(routerName(router.number))
}

/** Another machine answers at its address: asking again cannot help. */
const hopeless = (error: unknown): boolean => isSysvmError(error, 'SYSVM_HOST_KEY_MISMATCH')

/** Asks until the agent answers. Rejects with SYSVM_ROUTER_UNREACHABLE when the boot takes too long. */
export const awaitRouter = async (world: World, driver: HostDriver, router: RouterAddress): Promise<Status> => {
  const started = performance.now()
  for (let pause = 50; ; pause = Math.min(pause * 1.5, 1000)) {
    try {
      return await withRouter(world, driver, router, (client) => client.request<Status>('GET', '/v1/status'))
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
