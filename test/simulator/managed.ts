import { join } from 'node:path'
import { readConfig, startManager } from '@sysvm/manager'
import { fleetImages } from './fleet.ts'
import { silent } from './manager.ts'

/** A manager as a process of its own, as its main program is, but for the images: nothing boots from them. */
const config = readConfig(process.env)
const images = await fleetImages(join(config.simulator ?? '', 'images'))
const log =
  config.logLevel === 'silent'
    ? silent
    : { ...silent, warn: console.error, error: (...said: unknown[]) => console.error(...said) }
const manager = await startManager(config, log, { images })
process.send?.({ port: manager.api.port })
process.once('SIGTERM', async () => {
  await manager.stop()
  process.exit(0)
})
await manager.lost
process.exit(1)
