import type { Server } from 'node:http'
import { uptime } from 'node:os'
import { messageOf } from '@sysvm/errors'
import { CONTROL_USER, type Status } from './api/index.ts'
import { applyBootParameters, applyLinks } from './boot/apply.ts'
import type { BootParameters } from './boot/parameters.ts'
import { readBootParameters } from './boot/read.ts'
import { managerKeyOf } from './commit/document.ts'
import { type Engine, openEngine } from './commit/engine.ts'
import { type FaultHook, noFaults } from './commit/faults.ts'
import { type Folders, machineFolders, openLiveFiles } from './commit/files.ts'
import type { FreshSession } from './commit/machine.ts'
import { patienceOf } from './commit/probe.ts'
import { openStore } from './commit/store.ts'
import { machineEffects } from './effects/index.ts'
import { notifyReady } from './effects/notify.ts'
import { followBeside } from './firmware/beside.ts'
import { firmwareFolder } from './firmware/kept.ts'
import { openPatches } from './firmware/patches.ts'
import { readRunning } from './firmware/running.ts'
import { createMonitor } from './health/monitor.ts'
import { readMachineFacts, uptimeSeconds } from './identity.ts'
import { log } from './log.ts'
import { apiRoutes } from './server/api.ts'
import { createApiServer } from './server/app.ts'
import { createEvents } from './server/events.ts'
import { openFence } from './server/fence.ts'
import { listen } from './server/listen.ts'
import { type AnyService, type Effects, TICK_SECONDS } from './service/index.ts'
import { freshControlSession } from './session.ts'

export type { FaultHook, FaultPoint } from './commit/faults.ts'
export { faultPoints } from './commit/faults.ts'

/** Not 0, so that systemd starts the agent again: EX_TEMPFAIL of sysexits(3). */
const START_AGAIN = 75

/** How long a stop waits for the services at most. */
const LAST_TICK_MS = 5000

export interface AgentOptions {
  /** Version of the firmware this agent is part of. */
  readonly firmware: string
  /** Services of each role, in the order they are applied. */
  readonly roles: Readonly<Record<string, readonly AnyService[]>>
  /** Units of programs that run of this firmware, too. */
  readonly beside?: readonly string[]
  readonly folders?: Folders
  readonly effects?: Effects
  /** Called at every fault point; in production nothing is. */
  readonly fault?: FaultHook
  readonly freshSession?: FreshSession
  /** How long services may take until they serve, in milliseconds; default: as this machine is fast. */
  readonly patienceMs?: number
}

const serve = async (boot: BootParameters, options: AgentOptions): Promise<Server> => {
  const { folders = machineFolders, fault = noFaults } = options
  const events = createEvents()
  const effects: Effects = { ...(options.effects ?? machineEffects), tell: events.emit }
  const managerKey = managerKeyOf(boot.managerKey)
  const freshSession = options.freshSession ?? freshControlSession
  const [facts, engine] = await Promise.all([
    readMachineFacts(boot, options.firmware),
    openEngine({
      services: options.roles[boot.role] ?? [],
      identity: { name: boot.name, role: boot.role, managerKey },
      store: openStore(folders.state),
      live: openLiveFiles(folders),
      folders,
      effects,
      emit: events.emit,
      fault,
      freshSession,
      patienceMs: options.patienceMs ?? patienceOf(performance.now()),
      secureControl: () => applyLinks(boot, effects),
    }),
  ])
  const follow = (): Promise<void> => followBeside(folders.run, options.beside ?? [], effects)
  const patches = await openPatches({
    folder: firmwareFolder(folders.state),
    run: folders.run,
    owner: { machine: boot.name, platform: facts.platform, managerKey },
    running: readRunning(),
    startedAt: uptime() - process.uptime(),
    freshSession,
    handOver: engine.handOver,
    checkFit: engine.checkFit,
    follow,
  })
  const status = (): Status => ({
    ...facts,
    uptimeSeconds: uptimeSeconds(),
    ...engine.status(),
    patch: patches.status(),
  })
  const monitor = createMonitor(engine, effects, events.emit)
  const server = createApiServer(openFence(`${folders.state}/epoch`), ({ acceptedAt }) =>
    apiRoutes({
      engine,
      monitor,
      events,
      effects,
      status,
      acceptedAt,
      patches,
      startAgain: () => endAgent(engine, START_AGAIN),
    }),
  )
  server.on('close', () => events.close())
  // Before the socket opens, so that a spec that arrives at once waits for it; not awaited, so that the API answers.
  const recovered = engine.recover()
  recovered
    .catch((error: unknown) => log('error', `the confirmed generation was not restored: ${messageOf(error)}`))
    .finally(follow)
  await listen(server, `${folders.run}/agent.sock`, CONTROL_USER)
  keepTicking(engine)
  monitor.start()
  return server
}

/** It has the services save what they would lose of the last seconds. */
const endAgent = (engine: Engine, exitCode: number): void => {
  setTimeout(() => process.exit(exitCode), LAST_TICK_MS).unref()
  void engine.tick('now').finally(() => process.exit(exitCode))
}

/** The agent may die at any time; told to stop, it ends in good order. */
const keepTicking = (engine: Engine): void => {
  setInterval(() => void engine.tick('between commits'), TICK_SECONDS * 1000).unref()
  process.once('SIGTERM', () => endAgent(engine, 0))
}

/** Gives the machine its identity, restores its confirmed generation and answers on the control socket. */
export const startAgent = async (options: AgentOptions): Promise<Server | undefined> => {
  process.umask(0o022)
  const effects = options.effects ?? machineEffects
  const boot = await readBootParameters()
  if (boot === undefined) {
    log(
      'error',
      'this machine was started without the credential sysvm.boot, so nothing listens; let a manager start it',
    )
  } else {
    await applyBootParameters(boot, effects, `${(options.folders ?? machineFolders).run}/ssh`)
  }
  const server = boot === undefined ? undefined : await serve(boot, options)
  await notifyReady(effects).catch((error: unknown) => log('warning', `systemd was not told: ${messageOf(error)}`))
  return server
}
