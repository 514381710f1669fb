import { SysvmError } from '@sysvm/errors'
import { type Answer, type Client, isObject } from '../client.ts'
import { until } from '../demo/until.ts'
import type { Tell } from '../progress.ts'

/** What the guest said on its console, `sysvm-guest: key=value`; of a key said twice, the newest. */
export const factsFrom = (log: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    log
      .split('\n')
      .map((line) => /sysvm-guest: ([a-z0-9-]+)=(.*?)\r?$/.exec(line))
      .flatMap((match) => (match === null ? [] : [[match[1], (match[2] ?? '').trim()]])),
  )

export interface Proof {
  /** Address the guest's DHCP client got. */
  readonly lease: string
  /** Name and address it resolved. */
  readonly resolved: string
  /** What the web site answered: the address it saw. */
  readonly fetched: string
}

const proofFrom = (facts: Readonly<Record<string, string>>): Proof | undefined => {
  const { address, resolved, fetched } = facts
  return address && resolved && fetched ? { lease: address, resolved, fetched } : undefined
}

/** Waits until the guest's console shows the proof. SYSVM_NO_PROOF with the end of the console otherwise. */
export const awaitProof = async (client: Client, id: string, timeoutMs: number, tell: Tell): Promise<Proof> => {
  let log = ''
  const look = async (): Promise<Proof | undefined> => {
    const answer: Answer = await client.call('getConsoleLog', { id })
    const inner = Object.values(answer).find(isObject) ?? answer
    log = String(inner.log ?? '')
    const facts = factsFrom(log)
    tell(Object.keys(facts).at(-1) ?? 'booting')
    return proofFrom(facts)
  }
  return until('the guest proves itself', timeoutMs, look, 300).catch((cause: unknown) => {
    if (!(cause instanceof SysvmError) || cause.code !== 'SYSVM_TIMEOUT') throw cause
    const end = log.trimEnd().split('\n').slice(-15).join('\n')
    throw new SysvmError('SYSVM_NO_PROOF', `the guest did not reach the outside; its console ends with:\n${end}`, {
      cause,
    })
  })
}
