import type { Action, Change, FileChange } from '@sysvm/agent/service'
import { convergeCommands, type Live6, wantedAddresses } from './converge.ts'
import { KEA_FILE } from './kea.ts'
import { RADVD_FILE } from './radvd.ts'
import { advertising, asking } from './sides.ts'
import type { Ipv6Spec } from './spec.ts'
import { SYSCTL_FILE } from './sysctl.ts'

export const RADVD_UNIT = 'sysvm-radvd.service'
export const KEA_UNIT = 'sysvm-kea-dhcp6.service'

/** The kernel as it is when a spec is in force. */
const liveOf = (spec: Ipv6Spec | undefined): Live6 => ({
  links: (spec?.interfaces ?? []).map((nic) => ({
    ifname: nic.device,
    addr_info: wantedAddresses(nic).map((cidr) => {
      const [local = '', length] = cidr.split('/')
      return { local, prefixlen: Number(length), scope: 'global' }
    }),
  })),
  defaults: spec?.gateway === undefined ? [] : [{ gateway: spec.gateway }],
})

/** Kea looks for devices at its start only. */
const hasNewDevice = (before: Ipv6Spec, after: Ipv6Spec): boolean => {
  const known = new Set(asking(before).map(({ device, addresses }) => `${device} ${addresses.join(' ')}`))
  return asking(after).some(({ device, addresses }) => !known.has(`${device} ${addresses.join(' ')}`))
}

export interface Daemon {
  readonly unit: string
  readonly file: string
  /** How a running one takes its file without missing a question. */
  readonly renew: 'reload' | 'update'
  readonly uses: (spec: Ipv6Spec) => boolean
}

export const daemons: readonly Daemon[] = [
  { unit: RADVD_UNIT, file: RADVD_FILE, renew: 'reload', uses: (spec) => advertising(spec).length > 0 },
  { unit: KEA_UNIT, file: KEA_FILE, renew: 'update', uses: (spec) => asking(spec).length > 0 },
]

/** What is to be done to a daemon; undefined: nothing. */
export const verbOf = (
  { file, renew, uses }: Daemon,
  { before, after, files }: Change<Ipv6Spec>,
): Action['verb'] | undefined => {
  const was = before !== undefined && uses(before)
  const is = after !== undefined && uses(after)
  if (!is) return was ? 'stop' : undefined
  if (!was) return 'start'
  if (renew === 'update' && hasNewDevice(before, after)) return 'restart'
  return files.some(({ path }: FileChange) => path === file) ? renew : undefined
}

export const plan = (change: Change<Ipv6Spec>): readonly Action[] => {
  const { before, after, files } = change
  const action = (verb: Action['verb'], target: string, why: string, dropsFlows = false): Action => ({
    ...{ verb, target, why, dropsFlows },
  })
  const gone = (before?.interfaces ?? [])
    .filter(({ device }) => !after?.interfaces.some((nic) => nic.device === device))
    .map(({ device }) => action('stop', `IPv6 on ${device}`, 'it is no longer in the spec', true))
  const commands = after === undefined ? [] : convergeCommands(after, liveOf(before))
  return [
    ...gone,
    ...commands.map((command) =>
      action('update', command, 'IPv6 addresses or routes differ', /^(address|route) del/.test(command)),
    ),
    ...(after !== undefined && files.some(({ path }) => path === SYSCTL_FILE)
      ? [action('update', SYSCTL_FILE, 'a device came or went')]
      : []),
    ...daemons.flatMap((daemon) => {
      const verb = verbOf(daemon, change)
      return verb === undefined ? [] : [action(verb, daemon.unit, 'what guests are told of IPv6 differs')]
    }),
  ]
}
