import type { Action, Change } from '@sysvm/agent/service'
import { CONFIG_FILE } from './render.ts'
import type { DnsSpec } from './spec.ts'

export const UNIT = 'sysvm-dnsmasq.service'

export const plan = ({ before, after, files }: Change<DnsSpec>): readonly Action[] => {
  const action = (verb: Action['verb'], why: string): readonly Action[] => [
    { verb, target: UNIT, why, dropsFlows: false },
  ]
  if (after === undefined) return before === undefined ? [] : action('stop', 'DNS is no longer in the spec')
  if (before === undefined) return action('start', 'DNS is new in the spec')
  if (files.some(({ path }) => path === CONFIG_FILE))
    return action('restart', 'its configuration is read at start only')
  return files.length === 0 ? [] : action('reload', 'records differ')
}
