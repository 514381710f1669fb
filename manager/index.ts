import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type Api, type ApiOptions, createApi, credentials } from './api/index.ts'
import { CLOUDSTACK_VERSION } from './api/version.ts'
import type { Config } from './config.ts'
import { startEngine } from './engine.ts'
import { openControlClient } from './hosts/control/index.ts'
import { driverOfHypervisor, openHost } from './hosts/index.ts'
import { checkKeys } from './managers/keys.ts'
import { type Cluster, migrate, openCluster, openDatabase } from './model/index.ts'
import { createHostPool } from './orchestration/hostpool.ts'
import { driverOf } from './orchestration/hosts.ts'
import { readFirmware } from './orchestration/images/firmware.ts'
import { findImages, type Images, imageFolderOf } from './orchestration/images/index.ts'
import { openKeys, seal, unseal } from './orchestration/keys/index.ts'
import { inspectRouter, nextRouterSpec } from './orchestration/router/inspect.ts'
import { imagesInUse, seed } from './orchestration/seed.ts'
import { defaultSettings, type Log, type World } from './orchestration/world.ts'

export { type Config, readConfig } from './config.ts'

/** What tests put in place of the real world. */
export type Parts = Partial<Pick<World, 'hosts' | 'openControl' | 'firmwareOf' | 'at'>> & { readonly images?: Images }

export interface Manager {
  /** Where the API answers. */
  readonly api: { readonly host: string; readonly port: number }
  /** Resolves with the cause when the manager cannot go on; its state is in the database, so it may just end. */
  readonly lost: Promise<Error>
  /** Ends within seconds; what is under way is repeated by the next start. */
  stop(): Promise<void>
}

/** Longest time that reconcilers under way may take when the manager is asked to end. */
const STOP_MS = 2000

const settingsOf = async (config: Config): Promise<World['settings']> => ({
  ...defaultSettings,
  guestMtu: config.guestMtu,
  bootTimeoutMs: config.bootSeconds * 1000,
  commitSpacingMs: config.commitSeconds * 1000,
  ...(config.operatorKey === undefined
    ? {}
    : { operatorKey: (await readFile(config.operatorKey, 'utf8')).trim().split(/\s+/).slice(0, 2).join(' ') }),
})

const apiOptions = (world: World, log: Log, simulator: string | undefined): ApiOptions => ({
  db: world.db,
  jobs: world.jobs,
  log,
  inspectHost: async ({ url, hypervisor }) => {
    const hostKey = await world.hosts.fingerprint(url)
    const driver = openHost(url, {
      driver: driverOfHypervisor(hypervisor),
      simulator,
      privateKey: world.keys.sshPrivate,
      ...(hostKey === undefined ? {} : { hostKey }),
    })
    try {
      return { facts: await driver.inventory(), ...(hostKey === undefined ? {} : { hostKey }) }
    } finally {
      await driver.close()
    }
  },
  control: (routerId) => inspectRouter(world, routerId),
  routerSpec: (routerId) => nextRouterSpec(world, routerId),
  seal: (context, secret) => seal(world.keys.sealKey, context, secret),
  unseal: (context, sealed) => unseal(world.keys.sealKey, context, sealed),
  readConsole: async ({ hostId, name }, lastBytes) => (await driverOf(world, hostId)).readConsole(name, { lastBytes }),
})

/** The port on which callers say who they are; undefined where it is taken and nobody asked for this one. */
const serveCloud = async (options: ApiOptions, config: Config, log: Log): Promise<Api | undefined> => {
  if (config.cloudApi === undefined) return undefined
  const authenticate = credentials(options.db, options.unseal)
  const { proxies } = config.cloudApi
  const api = createApi({ ...options, authenticate, path: '/client/api', ...(proxies && { proxies }) })
  try {
    log.info({ ...(await api.listen(config.cloudApi)) }, 'the cloud API answers')
    return api
  } catch (err) {
    if (!config.cloudApi.ifFree || (err as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw err
    log.warn({ err }, 'there is no cloud API: its port is taken, set SYSVM_CLOUD_API_PORT to another')
    return undefined
  }
}

/** Starts the manager: database, schema, seed, reconcilers, API, in this order; it answers when this resolves. */
export const startManager = async (config: Config, log: Log, parts: Parts = {}): Promise<Manager> => {
  const undo: (() => Promise<unknown>)[] = []
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse())
      await step().catch((err: unknown) => log.error({ err }, 'a step of the shutdown failed'))
  }
  try {
    const cluster = config.databaseUrl === undefined ? await openCluster(config.folder) : undefined
    if (cluster) undo.push(() => cluster.stop())
    const url = config.databaseUrl ?? (cluster as Cluster).url
    const keys = await openKeys(config.folder)
    const manager = randomUUID()
    const db = openDatabase(url, { connections: 20, manager })
    undo.push(() => db.destroy())
    await migrate(db)
    await checkKeys(db, keys.sealKey)
    const { images: given, ...others } = parts
    const images = given ?? (await findImages(config.images, config.imageKey, await imagesInUse(db), log))
    await seed(db, images)
    const hosts = createHostPool(keys.sshPrivate, config.simulator)
    undo.push(() => hosts.closeAll())
    const engine = await startEngine({
      url,
      manager,
      version: CLOUDSTACK_VERSION,
      sweepSeconds: config.sweepSeconds,
      jobSeconds: config.jobSeconds,
      recover: cluster?.ensure,
      world: {
        db,
        keys,
        log,
        hosts,
        openControl: openControlClient,
        imageFolder: imageFolderOf(images),
        firmwareOf: async (hash) => readFirmware(imageFolderOf(images)(hash)),
        settings: await settingsOf(config),
        at: async () => {},
        ...others,
      },
    })
    undo.push(() => engine.stop(STOP_MS))
    const options = apiOptions(engine.world, log, config.simulator)
    const api = createApi(options)
    undo.push(() => api.close())
    const at = await api.listen(config.api)
    await engine.announce(`${at.host}:${at.port}`)
    const cloud = await serveCloud(options, config, log)
    if (cloud) undo.push(() => cloud.close())
    log.info({ ...at, images: images.all.size, adopted: cluster?.adopted }, 'the manager is ready')
    return { api: at, lost: engine.lost, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
