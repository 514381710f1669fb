import type { Server } from 'node:http'
import { messageOf } from '@sysvm/errors'
import { CONTROL_USER, SOCKET, type Status } from './api/index.ts'
import { applyBootParameters } from './boot/apply.ts'
import { readBootParameters } from './boot/read.ts'
import { machineEffects } from './effects/index.ts'
import { notifyReady } from './effects/notify.ts'
import { readMachineFacts, uptimeSeconds } from './identity.ts'
import { log } from './log.ts'
import { createApp, createHttpServer } from './server/app.ts'
import { listen } from './server/listen.ts'
import type { AnyService } from './service/index.ts'

export interface AgentOptions {
  /** Version of the firmware this agent is part of. */
  readonly firmware: string
  /** Services of each role, in the order they are applied. */
  readonly roles: Readonly<Record<string, readonly AnyService[]>>
}

/** Boots the machine's identity, restores its generation and answers on the control socket. */
export const startAgent = async ({ firmware }: AgentOptions): Promise<Server | undefined> => {
  const boot = await readBootParameters()
  if (boot === undefined) {
    log(
      'error',
      'sysvm: this machine was started without the credential sysvm.boot; nothing listens. Start it by a manager.',
    )
    await notifyReady(machineEffects)
    return undefined
  }
  await applyBootParameters(boot, machineEffects)
  const facts = await readMachineFacts(boot, firmware)
  const status = (): Status => ({
    ...facts,
    uptimeSeconds: uptimeSeconds(),
    confirmed: null,
    pending: null,
    lastFailure: null,
  })
  const app = createApp([
    {
      method: 'GET',
      path: '/v1/status',
      handle: (context) => {
        context.body = status()
      },
    },
  ])
  const server = createHttpServer(app)
  await listen(server, SOCKET, CONTROL_USER)
  await notifyReady(machineEffects).catch((error: unknown) =>
    log('warning', `systemd was not told: ${messageOf(error)}`),
  )
  return server
}
