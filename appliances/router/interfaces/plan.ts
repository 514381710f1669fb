import type { Action, Change } from '@sysvm/agent/service'
import { convergeCommands, releaseCommands } from './converge.ts'
import type { Live } from './live.ts'
import { policyOf } from './policy.ts'
import { SYSCTL_FILE } from './render.ts'
import type { InterfacesSpec } from './spec.ts'

/** The kernel as it is when a spec is in force. */
const liveOf = (spec: InterfacesSpec): Live => ({
  links: spec.interfaces.map((nic) => ({
    ifname: nic.device,
    address: nic.mac,
    mtu: nic.mtu ?? 1500,
    flags: ['UP'],
    addr_info: [...nic.addresses, ...(nic.role === 'guest' ? ['169.254.169.254/32'] : [])].map((cidr) => {
      const [local = '', length] = cidr.split('/')
      return { family: 'inet', local, prefixlen: Number(length) }
    }),
  })),
  defaults: spec.gateway === undefined ? [] : [{ gateway: spec.gateway }],
  policy: policyOf(spec),
})

const nothing: Live = { links: [], defaults: [] }

export const plan = ({ before, after, files }: Change<InterfacesSpec>): readonly Action[] => {
  const known = before === undefined ? nothing : liveOf(before)
  const released = releaseCommands(before, after, known).map(
    (command): Action => ({
      verb: 'stop',
      target: command,
      why: 'the device is no longer in the spec',
      dropsFlows: true,
    }),
  )
  if (after === undefined) return released
  const fresh = after.interfaces.filter(({ mac }) => !known.links.some(({ address }) => address === mac))
  const links = [
    ...known.links,
    ...fresh.map(({ device, mac, mtu }) => ({ ifname: device, address: mac, mtu: mtu ?? 1500, flags: [] })),
  ]
  return [
    ...released,
    ...convergeCommands(after, { ...known, links }).map(
      (command): Action => ({
        verb: 'update',
        target: command,
        why: 'the spec of the interfaces differs from what is in force',
        dropsFlows: /^address del|^route del|^link set dev \S+ down/.test(command),
      }),
    ),
    ...(files.length === 0
      ? []
      : [{ verb: 'update', target: SYSCTL_FILE, why: 'a device came or went', dropsFlows: false } as const]),
  ]
}
