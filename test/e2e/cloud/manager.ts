import { createServer } from 'node:net'
import { join } from 'node:path'
import { type Client, createClient } from '@sysvm/manager/cli/client'
import { stopCluster } from '@sysvm/manager/model'
import { type Lab, type LabProcess, type Namespace, until } from '../../lab/index.ts'
import { program } from '../../lab/programs.ts'
import { placeCluster } from '../../simulator/ready-cluster.ts'

const top = join(import.meta.dirname, '../../..')
const cache = process.env.SYSVM_CACHE ?? '/var/cache/sysvm'
const API_PORT = 8096

/** A real manager: its own process in its own namespace, with its own PostgreSQL; `kill` is kill -9. */
export interface ManagerProcess {
  readonly client: Client
  readonly state: string
  /** With settings of its own for this start. */
  start(environment?: Readonly<Record<string, string>>): Promise<void>
  /** Ends it at once; the network goes on without it. */
  kill(): Promise<void>
  output(): string
}

/** Reaches the integration port, which listens on the namespace's loopback only, from this process. */
const forward = async (lab: Lab, namespace: Namespace): Promise<number> => {
  const server = createServer((near) => {
    namespace.connect('127.0.0.1', API_PORT).then(
      (far) => {
        near.on('error', () => far.destroy())
        far.on('error', () => near.destroy())
        near.pipe(far).pipe(near)
      },
      () => near.destroy(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  lab.defer(() => new Promise((resolve) => server.close(resolve)))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the forwarder has no port')
  return address.port
}

export const startManager = async (
  lab: Lab,
  namespace: Namespace,
  environment: Readonly<Record<string, string>> = {},
): Promise<ManagerProcess> => {
  const state = join(lab.directory, 'state')
  await placeCluster(join(state, 'manager'))
  const client = createClient(`http://127.0.0.1:${await forward(lab, namespace)}/client/api`, 100)
  let running: LabProcess | undefined
  let said = ''
  const start: ManagerProcess['start'] = async (own = {}) => {
    const started = await namespace.spawn(
      [process.execPath, '--conditions=source', '--disable-warning=ExperimentalWarning', program('manager')],
      {
        env: {
          SYSVM_STATE: state,
          SYSVM_API_PORT: String(API_PORT),
          SYSVM_IMAGES: join(top, 'images/out'),
          SYSVM_IMAGE_KEY: join(cache, 'keys/image.ed25519.pub'),
          // One change after the other: none needs to wait for more.
          SYSVM_COMMIT_SECONDS: '0.1',
          ...environment,
          ...own,
        },
      },
    )
    running = started
    const answers = until(
      'the API answers',
      async () => {
        await client.call('listZones')
        return true
      },
      { timeoutMs: 60_000 },
    )
    const ended = started.ended.then((code) => {
      throw new Error(`the manager ended with ${code}: ${started.output()}`)
    })
    await Promise.race([answers, ended])
    ended.catch(() => undefined)
  }
  const kill = async (): Promise<void> => {
    if (running === undefined) return
    said += running.output()
    await running.stop('SIGKILL')
    running = undefined
  }
  lab.defer(async () => {
    await kill()
    await stopCluster(join(state, 'manager'))
  })
  await start()
  return { client, state, start, kill, output: () => said + (running?.output() ?? '') }
}
