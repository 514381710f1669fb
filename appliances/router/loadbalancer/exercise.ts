import type { Effects, Wire } from '@sysvm/agent/service'
import { SysvmError } from '@sysvm/errors'
import { proxied } from './configuration.ts'
import type { LoadBalancerSpec, Rule } from './spec.ts'
import { type RuleState, state } from './state.ts'

const PATIENCE = { timeoutMs: 2000 }

const isHttp = ({ protocol }: Rule): boolean => protocol === 'http' || protocol === 'ssl'

/**
 * One listener of each address. One for HTTP rather than one for TCP: members hear nothing of a connection without a
 * request. None whose members are not to be asked either, or whose list of clients leaves out the router. Pure.
 */
export const tried = (spec: LoadBalancerSpec): readonly Rule[] => {
  const able = proxied(spec).filter((rule) => rule.allow.length === 0 && (isHttp(rule) || rule.check?.kind !== 'none'))
  const [http, tcp] = [able.filter(isHttp), able.filter((rule) => !isHttp(rule))]
  return [...new Map([...tcp, ...http].map((rule) => [rule.address, rule])).values()]
}

/** What takes connections: checked and well, unchecked, or kept for those that stick to it. */
const SERVES = /^(UP|no check|DRAIN)/

/** Why nobody answers clients of a rule that has members; undefined when somebody does. Pure. */
export const unserved = ({ rules }: LoadBalancerSpec, states: readonly RuleState[]): string | undefined => {
  for (const { id, members } of states) {
    const rule = rules.find((one) => one.id === id)
    const ready = new Set(rule?.members.flatMap((member) => (member.state === 'ready' ? [member.id] : [])))
    const wanted = members.filter((member) => ready.has(member.id))
    if (wanted.length === 0 || wanted.some(({ status }) => SERVES.test(status))) continue
    const said = wanted.map(({ address, port, status, check }) => `${address}:${port} ${check ?? status}`)
    const shown = said.length > 3 ? [...said.slice(0, 3), `${said.length - 3} more`] : said
    return `No member of the load balancing rule ${id} serves: ${shown.join(', ')}.`
  }
  return undefined
}

/** A client connects to a listener of each address, and somebody is there to answer clients of each rule. */
export const exercise = async (spec: LoadBalancerSpec, _wire: Wire, effects: Effects): Promise<void> => {
  await Promise.all(
    tried(spec).map(async ({ id, address, port }) => {
      if (await effects.ask.reach('tcp', address, port, PATIENCE)) return
      throw new SysvmError(
        'SYSVM_PROBE_FAILED',
        `The load balancing rule ${id} takes no connection at ${address}:${port}.`,
      )
    }),
  )
  const reason = unserved(spec, await state(spec, effects))
  if (reason !== undefined) throw new SysvmError('SYSVM_PROBE_FAILED', reason)
}
