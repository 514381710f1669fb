import { startAgent } from '@sysvm/agent'
import { routerServices } from '@sysvm/router'
import firmware from './package.json' with { type: 'json' }

/** The agent with the services of every role this firmware can play. */
export const startFirmware = async (): Promise<void> => {
  await startAgent({ firmware: firmware.version, roles: { router: routerServices } })
}
