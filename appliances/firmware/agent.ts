import { startAgent } from '@sysvm/agent'
import { routerServices } from '@sysvm/router'
import firmware from './package.json' with { type: 'json' }

/** Commands of this program that have units of their own. */
const BESIDE = ['sysvm-metadata.service', 'sysvm-netboot.service']

/** The agent with the services of every role this firmware can play. */
export const startFirmware = async (): Promise<void> => {
  await startAgent({ firmware: firmware.version, roles: { router: routerServices }, beside: BESIDE })
}
