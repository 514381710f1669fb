import type { Effects } from '@sysvm/agent/service'
import { SysvmError } from '@sysvm/errors'
import { METADATA_ADDRESS } from '../whole.ts'
import { PASSWORD_PORT } from './password.ts'
import type { MetadataSpec } from './spec.ts'

/** Every address answers. The router itself is no guest, so the right answer to it is 404. */
export const health = async ({ listen }: MetadataSpec, effects: Effects): Promise<void> => {
  for (const address of [...listen, METADATA_ADDRESS]) {
    const { status } = await effects.ask.http(`http://${address}/latest/meta-data/`)
    if (status !== 404)
      throw new SysvmError('SYSVM_PROBE_FAILED', `Metadata at ${address} answered a stranger with ${status}`)
    const { body } = await effects.ask.http(`http://${address}:${PASSWORD_PORT}/`)
    if (body !== 'bad_request')
      throw new SysvmError('SYSVM_PROBE_FAILED', `The password server at ${address} does not know its protocol`)
  }
}
