import { readConfig, startManager } from '@sysvm/manager'
import { simulatedImages } from '../../simulator/cloud.ts'
import { createSimulator } from '../../simulator/index.ts'
import { silent } from '../../simulator/manager.ts'

/** The manager as a process of its own, on simulated hosts; it kills or pauses itself when it first comes to the step it is told. */
const [hosts = '', fatal = '', signal = 'SIGKILL'] = process.argv.slice(2)
const simulator = createSimulator(hosts, { commitMs: 20 })
let reached = false
const manager = await startManager(readConfig(process.env), silent, {
  hosts: simulator.hosts,
  openControl: simulator.openControl,
  firmwareOf: simulator.firmwareOf,
  images: simulatedImages,
  at: async (step) => {
    if (step !== fatal || reached) return
    reached = true
    process.kill(process.pid, signal)
  },
})
process.once('SIGTERM', () => void manager.stop().then(() => process.exit(0)))
void manager.lost.then(() => process.exit(1))
process.stdout.write(`ready ${manager.api.port}\n`)
