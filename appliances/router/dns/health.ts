import type { Effects } from '@sysvm/agent/service'
import { SysvmError } from '@sysvm/errors'
import type { DnsSpec } from './spec.ts'

/** Every address answers, with a record where there is one. */
export const health = async ({ listen, domain, records }: DnsSpec, effects: Effects): Promise<void> => {
  const [sample] = records
  for (const server of listen) {
    // The domain itself is answered without asking anybody else.
    const found = await effects.ask.dns(server, sample?.name ?? domain)
    if (sample !== undefined && !found.includes(sample.address))
      throw new SysvmError('SYSVM_PROBE_FAILED', `DNS at ${server} does not know ${sample.name} ${sample.address}`)
  }
}
