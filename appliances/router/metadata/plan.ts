import type { Action, Change } from '@sysvm/agent/service'
import type { MetadataSpec } from './spec.ts'

export const UNIT = 'sysvm-metadata.service'

export const plan = ({ before, after, files }: Change<MetadataSpec>): readonly Action[] => {
  const action = (verb: Action['verb'], why: string): readonly Action[] => [
    { verb, target: UNIT, why, dropsFlows: false },
  ]
  if (after === undefined) return before === undefined ? [] : action('stop', 'metadata is no longer in the spec')
  if (before === undefined) return action('start', 'metadata is new in the spec')
  return files.length === 0 ? [] : action('reload', 'instances differ')
}
