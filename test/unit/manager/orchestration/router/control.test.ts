import { SysvmError } from '@sysvm/errors'
import type { HostDriver } from '@sysvm/manager/hosts/driver'
import { withNewConnection, withRouter } from '@sysvm/manager/orchestration/router/control'
import { forgetConnection, forgetConnections } from '@sysvm/manager/orchestration/router/kept'
import type { ControlClient, World } from '@sysvm/manager/orchestration/world'
import { expect, it } from 'vitest'

const router = { id: 'router', linklocal: '169.254.0.2', host_key_public: 'ssh-ed25519 one' }
const driver = {} as HostDriver

/** Which connection answered, and which are open. */
const createScene = () => {
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
  const open = new Set<number>()
  const dead = new Map<number, Error>()
  let opened = 0
  const openControl = async (): Promise<ControlClient> => {
    const number = ++opened
    open.add(number)
    return {
      request: async <T>() => {
        const error = dead.get(number)
        if (error !== undefined) throw error
        return number as T
      },
      events: () => {
        throw new Error('nobody listens')
      },
      close: async () => void open.delete(number),
    }
  }
  const world = { log, keys: { sshPrivate: '' }, openControl } as unknown as World
  const ask = (address = router) => withRouter(world, driver, address, (client) => client.request<number>('GET', '/'))
  const askAnew = () => withNewConnection(world, driver, router, (client) => client.request<number>('GET', '/'))
  return { world, ask, askAnew, open, dead }
}

it('asks over the connection that is open', async () => {
  const { ask, open } = createScene()
  expect([await ask(), await ask(), await ask()]).toEqual([1, 1, 1])
  expect([...open]).toEqual([1])
})

it('opens another when a new one is wanted, which is then kept instead', async () => {
  const { ask, askAnew, open } = createScene()
  expect([await ask(), await askAnew(), await ask()]).toEqual([1, 2, 2])
  expect([...open]).toEqual([2])
})

it('asks again over a new connection when the kept one is lost', async () => {
  const { ask, open, dead } = createScene()
  await ask()
  dead.set(1, new SysvmError('SYSVM_HOST_UNREACHABLE', 'It was cut off.'))
  expect(await ask()).toBe(2)
  expect([...open]).toEqual([2])
})

it('takes a refusal for an answer, though its code could be that of a lost connection', async () => {
  const { ask, open, dead } = createScene()
  await ask()
  dead.set(1, new SysvmError('SYSVM_TIMEOUT', 'The check took too long.', { details: { status: 504 } }))
  await expect(ask()).rejects.toMatchObject({ code: 'SYSVM_TIMEOUT' })
  expect([...open]).toEqual([1])
})

it('keeps none that failed, and none to another machine', async () => {
  const { ask, open, dead } = createScene()
  dead.set(1, new SysvmError('SYSVM_HOST_CONNECT', 'Nobody listens.'))
  await expect(ask()).rejects.toMatchObject({ code: 'SYSVM_HOST_CONNECT' })
  expect([...open]).toEqual([])
  expect(await ask()).toBe(2)
  expect(await ask({ ...router, host_key_public: 'ssh-ed25519 two' })).toBe(3)
  expect([...open]).toEqual([3])
})

it('closes what is forgotten', async () => {
  const { world, ask, open } = createScene()
  await ask()
  await forgetConnection(world, router.id)
  expect([...open]).toEqual([])
  expect(await ask()).toBe(2)
  await forgetConnections(world)
  expect([...open]).toEqual([])
})
