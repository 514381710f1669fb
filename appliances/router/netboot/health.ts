import type { Effects } from '@sysvm/agent/service'
import { SysvmError } from '@sysvm/errors'
import { SCRIPT_NAME } from './answer.ts'
import { HTTP_PORT } from './document.ts'
import type { NetbootSpec } from './spec.ts'

/** Every address answers. The router itself is no guest, so the right answer to it is 404. */
export const health = async ({ listen }: NetbootSpec, effects: Effects): Promise<void> => {
  for (const address of listen) {
    const { status } = await effects.ask.http(`http://${address}:${HTTP_PORT}/${SCRIPT_NAME}`)
    if (status !== 404)
      throw new SysvmError('SYSVM_PROBE_FAILED', `Netboot at ${address} answered a stranger with ${status}`)
  }
}
