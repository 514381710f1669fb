import { isSysvmError, messageOf } from '@sysvm/errors'
import type { HealthCheck, HealthReport } from '../api/index.ts'
import type { Engine } from '../commit/engine.ts'
import type { Emit } from '../commit/machine.ts'
import { log } from '../log.ts'
import { openWire } from '../server/explain/wire.ts'
import type { Effects } from '../service/index.ts'
import { runChecks } from './checks.ts'
import { readRestarts, restartedUnits } from './units.ts'

const CHECK_MS = 60_000
const UNITS_MS = 10_000

export interface Monitor {
  /** What the last checks found; checks first where there were none. */
  last(): Promise<HealthReport>
  check(): Promise<HealthReport>
  start(): void
}

/** What turned from good to bad or back; a check that is new counts as good before. Pure. */
export const turned = (before: readonly HealthCheck[], after: readonly HealthCheck[]): readonly HealthCheck[] => {
  const was = new Map(before.map(({ name, success }) => [name, success]))
  return after.filter(({ name, success }) => (was.get(name) ?? true) !== success)
}

/** Checks the machine's health from time to time; tells what turned, and which daemons had to be restarted. */
export const createMonitor = (engine: Engine, effects: Effects, emit: Emit): Monitor => {
  let known: HealthReport | undefined
  let restarts: ReadonlyMap<string, number> = new Map()

  const check = async (): Promise<HealthReport> => {
    const checks = await engine.inForce((spec, services) => runChecks(spec, services, openWire(effects), effects))
    for (const { name, success, details } of turned(known?.checks ?? [], checks))
      emit('health', { check: name, success, ...(details === undefined ? {} : { details }) })
    known = { healthy: checks.every(({ success }) => success), checks }
    return known
  }

  const watchUnits = async (): Promise<void> => {
    const now = await readRestarts(effects)
    for (const { unit, restarts: count } of restartedUnits(restarts, now)) {
      log('warning', `${unit} ended and was restarted, ${count} times so far`)
      emit('restarted', { unit, restarts: count })
    }
    restarts = now
  }

  const every = (ms: number, work: () => Promise<unknown>): void => {
    const once = (): void => {
      work()
        // A machine that was never given a spec has nothing to check.
        .catch((error: unknown) => isSysvmError(error, 'SYSVM_NOT_FOUND') || log('warning', messageOf(error)))
        // Counted from its end, so that slow ones never pile up.
        .finally(() => setTimeout(once, ms).unref())
    }
    setTimeout(once, ms).unref()
  }

  return {
    check,
    last: async () => known ?? check(),
    start: () => {
      every(CHECK_MS, check)
      every(UNITS_MS, watchUnits)
    },
  }
}
