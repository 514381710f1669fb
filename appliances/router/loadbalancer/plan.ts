import type { Action, Change } from '@sysvm/agent/service'
import { difference } from './apply.ts'
import { wantsHaproxy } from './configuration.ts'
import { UDP_FILE, UNIT } from './names.ts'
import { peersDiffer } from './pairing.ts'
import type { LoadBalancerSpec } from './spec.ts'
import { TABLE } from './udp/table.ts'

const SHOWN = 5

const shorten = (words: readonly string[]): string =>
  words.length <= SHOWN ? words.join(', ') : `${words.slice(0, SHOWN).join(', ')} and ${words.length - SHOWN} more`

const haproxyPlan = ({ before, after, files }: Change<LoadBalancerSpec>): readonly Action[] => {
  const action = (verb: Action['verb'], why: string): readonly Action[] => [
    { verb, target: UNIT, why, dropsFlows: verb === 'stop' },
  ]
  const [was, is] = [before !== undefined && wantsHaproxy(before), after !== undefined && wantsHaproxy(after)]
  if (!is) return was ? action('stop', 'no rule is left that haproxy serves') : []
  if (!was || before === undefined || after === undefined) return action('start', 'its first rule is in the spec')
  const change = difference(before, after)
  if (change.kind !== 'reload' && peersDiffer(files)) return action('reload', 'the other router differs')
  if (change.kind === 'none') return []
  if (change.kind === 'reload') return action('reload', shorten(change.reasons))
  return action('update', `by its runtime socket: ${shorten([...new Set(change.commands.map(({ kind }) => kind))])}`)
}

export const plan = (change: Change<LoadBalancerSpec>): readonly Action[] => [
  ...haproxyPlan(change),
  ...(change.files.some(({ path }) => path === UDP_FILE) &&
  [change.before, change.after].some((spec) => spec?.rules.some(({ protocol }) => protocol === 'udp') === true)
    ? [{ verb: 'update', target: `table ${TABLE}`, why: 'rules or members of UDP differ', dropsFlows: false } as const]
    : []),
]
