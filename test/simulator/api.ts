import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { type Api, type ApiOptions, createApi } from '@sysvm/manager/api'
import { type Engine, startEngine } from '@sysvm/manager/engine'
import { createJobs, openQueues } from '@sysvm/manager/jobs'
import type { Cluster } from '@sysvm/manager/model'
import { openKeys, seal, unseal } from '@sysvm/manager/orchestration/keys/index'
import { inspectRouter, nextRouterSpec } from '@sysvm/manager/orchestration/router/inspect'
import { seed } from '@sysvm/manager/orchestration/seed'
import { defaultSettings, type Settings } from '@sysvm/manager/orchestration/world'
import { closeOnce } from '../lab/opened.ts'
import { freshDatabase } from './cloud.ts'
import { createSimulator } from './index.ts'
import { silent } from './manager.ts'

export type Body = Record<string, unknown>

export interface Called {
  readonly status: number
  /** What is under the root, such as `listzonesresponse`. */
  readonly body: Body
  readonly root: string
}

export type Call = (command: string, params?: Readonly<Record<string, string>>) => Promise<Called>

/** Calls over HTTP as a client does; JSON. */
export const caller =
  (at: { readonly port: number }): Call =>
  async (command, params = {}) => {
    const query = new URLSearchParams({ command, response: 'json', ...params })
    const response = await fetch(`http://127.0.0.1:${at.port}/client/api?${query}`)
    const [[root, body] = ['', {}]] = Object.entries((await response.json()) as Record<string, Body>)
    return { status: response.status, root, body }
  }

const system = { hash: 'a'.repeat(64), kind: 'system', folder: '/images/a' }
const guest = { hash: 'b'.repeat(64), kind: 'guest', folder: '/images/b' }
/** What a fresh cloud is seeded with; no host looks into the folders. */
export const simulatedSeed = {
  current: { system, guest },
  all: new Map([
    [system.hash, system],
    [guest.hash, guest],
  ]),
} as unknown as Parameters<typeof seed>[1]

/** What the client is not shown must be seen by whoever reads the test. */
const log = {
  debug: () => {},
  info: () => {},
  error: (fields: Readonly<Record<string, unknown>>) => console.error(fields),
}

const serve = async (api: Api, stop: () => Promise<void>) => {
  const at = await api.listen({ port: 0 })
  return {
    at,
    call: caller(at),
    stop: closeOnce(async () => {
      await api.close()
      await stop()
    }),
  }
}

/** The API on a fresh database whose reconcilers never run: jobs stay as they were made. */
export const startApi = async (cluster: Cluster, parts: Pick<ApiOptions, 'inspectHost' | 'seal' | 'unseal'> = {}) => {
  const { url, db, drop } = await freshDatabase(cluster.url)
  await seed(db, simulatedSeed)
  const boss = await openQueues(url)
  const jobs = createJobs(boss)
  const { stop, ...served } = await serve(createApi({ db, jobs, log, ...parts }), async () => {
    await boss.stop({ graceful: false })
    await drop()
  })
  return { url, db, jobs, ...served, [Symbol.asyncDispose]: stop }
}

/** The API over the whole manager, its hosts and agents simulated. */
export const startApiCloud = async (
  cluster: Cluster,
  folder: string,
  settings: Partial<Settings> = {},
  at: (step: string) => void | Promise<void> = () => {},
) => {
  const { url, db, drop } = await freshDatabase(cluster.url)
  const home = await mkdtemp(join(folder, 'api-'))
  const simulator = createSimulator(join(home, 'hosts'))
  await seed(db, simulatedSeed)
  const engine: Engine = await startEngine({
    url,
    sweepSeconds: 0.5,
    jobSeconds: 60,
    world: {
      db,
      keys: await openKeys(home),
      log: silent,
      hosts: simulator.hosts,
      openControl: simulator.openControl,
      imageFolder: (hash) => `/images/${hash}`,
      firmwareOf: simulator.firmwareOf,
      settings: { ...defaultSettings, bootTimeoutMs: 3000, commitSpacingMs: 100, ...settings },
      at: async (step) => at(step),
    },
  })
  const { sealKey } = engine.world.keys
  const seals = {
    seal: (context: string, secret: string) => seal(sealKey, context, secret),
    unseal: (context: string, sealed: string) => unseal(sealKey, context, sealed),
  }
  const api = createApi({
    db,
    jobs: engine.jobs,
    log,
    inspectHost: async ({ url: host }) => {
      const driver = simulator.hosts.open({ id: host, url: host, driver: 'container', hostKey: null })
      return { facts: await driver.inventory() }
    },
    control: (id) => inspectRouter(engine.world, id),
    routerSpec: (id) => nextRouterSpec(engine.world, id),
    ...seals,
    readConsole: async ({ name }) => `console of ${name}\n`,
  })
  const { stop, ...served } = await serve(api, async () => {
    await engine.stop(2000)
    await drop()
  })
  return { url, db, simulator, seals, jobs: engine.jobs, ...served, [Symbol.asyncDispose]: stop }
}
