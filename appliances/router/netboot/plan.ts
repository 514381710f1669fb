import type { Action, Change } from '@sysvm/agent/service'
import type { NetbootSpec } from './spec.ts'

export const UNIT = 'sysvm-netboot.service'

export const plan = ({ before, after, files }: Change<NetbootSpec>): readonly Action[] => {
  const action = (verb: Action['verb'], why: string): readonly Action[] => [
    { verb, target: UNIT, why, dropsFlows: false },
  ]
  if (after === undefined) return before === undefined ? [] : action('stop', 'netboot is no longer in the spec')
  if (before === undefined) return action('start', 'netboot is new in the spec')
  return files.length === 0 ? [] : action('reload', 'what guests boot differs')
}
