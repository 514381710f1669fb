import { isSysvmError, messageOf } from '@sysvm/errors'
import { pino } from 'pino'
import { readConfig, startManager } from './index.ts'

/** Exit statuses: 0 asked to end, 1 could not go on, 2 wrong environment. */
const run = async (): Promise<number> => {
  const config = readConfig(process.env)
  const log = pino({ name: 'sysvm-manager', level: config.logLevel })
  const { promise: asked, resolve } = Promise.withResolvers<string>()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal))
  const manager = await startManager(config, log)
  const why = await Promise.race([asked, manager.lost])
  if (typeof why !== 'string') {
    // Others may hold its leases from now on: nothing more may be done, and nothing needs to be.
    log.fatal({ err: why }, 'the leases are lost')
    return 1
  }
  log.info({ signal: why }, 'ending')
  await manager.stop()
  return 0
}

try {
  process.exit(await run())
} catch (error) {
  process.stderr.write(`sysvm-manager: ${messageOf(error)}\n`)
  process.exit(isSysvmError(error, 'SYSVM_CONFIG') ? 2 : 1)
}
