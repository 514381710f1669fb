import type { Action, Change } from '@sysvm/agent/service'
import { UNIT } from './apply.ts'
import { hasNewDevice } from './devices.ts'
import type { DhcpSpec } from './spec.ts'

export const plan = ({ before, after, files }: Change<DhcpSpec>): readonly Action[] => {
  const action = (verb: Action['verb'], why: string): readonly Action[] => [
    { verb, target: UNIT, why, dropsFlows: false },
  ]
  if (after === undefined) return before === undefined ? [] : action('stop', 'DHCP is no longer in the spec')
  if (before === undefined) return action('start', 'DHCP is new in the spec')
  if (files.length > 0 && hasNewDevice(before, after))
    return action('restart', 'a device is new; Kea looks for devices at its start only')
  return files.length === 0 ? [] : action('update', 'subnets or reservations differ; Kea takes them while it runs')
}
