import type { Effects } from '@sysvm/agent/service'
import { SysvmError } from '@sysvm/errors'
import type { DnsSpec, DnsView } from './spec.ts'

const probe = async ({ listen, domain, records }: DnsView, effects: Effects): Promise<void> => {
  const sample = records.find(({ address }) => !address.includes(':'))
  for (const server of listen) {
    // The domain itself is answered without asking anybody else.
    const found = await effects.ask.dns(server, sample?.name ?? domain)
    if (sample !== undefined && !found.includes(sample.address))
      throw new SysvmError('SYSVM_PROBE_FAILED', `DNS at ${server} does not know ${sample.name} ${sample.address}`)
  }
}

/** Every address answers, with a record where there is one. */
export const health = async ({ views }: DnsSpec, effects: Effects): Promise<void> => {
  await Promise.all(views.map((view) => probe(view, effects)))
}
