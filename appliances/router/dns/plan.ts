import type { Action, Change } from '@sysvm/agent/service'
import { configFile, hostsFile } from './render.ts'
import type { DnsSpec } from './spec.ts'

/** The server of one view: an instance of a template unit, systemd.unit(5). */
export const unitOf = (device: string): string => `sysvm-dnsmasq@${device}.service`

const devicesOf = (spec: DnsSpec | undefined): readonly string[] => (spec?.views ?? []).map(({ device }) => device)

/** What happens to each view's server; one whose files are the same is not touched. */
export const plan = ({ before, after, files }: Change<DnsSpec>): readonly Action[] => {
  const known = devicesOf(before)
  const wanted = devicesOf(after)
  const action = (verb: Action['verb'], device: string, why: string): Action => ({
    verb,
    target: unitOf(device),
    why,
    dropsFlows: false,
  })
  const differs = (path: string): boolean => files.some((file) => file.path === path)
  return [
    ...known
      .filter((device) => !wanted.includes(device))
      .map((device) => action('stop', device, 'DNS is no longer in the spec')),
    ...wanted.flatMap((device) => {
      if (!known.includes(device)) return [action('start', device, 'DNS is new in the spec')]
      if (differs(configFile(device))) return [action('restart', device, 'its configuration is read at start only')]
      return differs(hostsFile(device)) ? [action('reload', device, 'records differ')] : []
    }),
  ]
}
