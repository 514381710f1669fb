import type { Action, Change } from '@sysvm/agent/service'
import { convergeCommands, releaseCommands } from './converge.ts'
import type { Live } from './live.ts'
import { policyOf } from './policy.ts'
import { SYSCTL_FILE } from './render.ts'
import { hostAddresses, wantedAddresses } from './shared.ts'
import type { InterfacesSpec } from './spec.ts'

const infoOf = (cidr: string) => {
  const [local = '', length] = cidr.split('/')
  return { family: 'inet', local, prefixlen: Number(length) }
}

/** The kernel as it is when a spec is in force, but for what keepalived adds. */
const liveOf = (spec: InterfacesSpec): Live => ({
  links: [
    ...spec.interfaces.map((nic) => ({
      ifname: nic.device,
      address: nic.mac,
      mtu: nic.mtu ?? 1500,
      flags: ['UP'],
      addr_info: wantedAddresses(nic).map(infoOf),
    })),
    { ifname: 'lo', mtu: 65_536, flags: ['UP'], addr_info: hostAddresses(spec).map(infoOf) },
  ],
  defaults: spec.gateway === undefined ? [] : [{ gateway: spec.gateway }],
  policy: policyOf(spec),
})

const nothing: Live = { links: [{ ifname: 'lo', mtu: 65_536, flags: ['UP'] }], defaults: [] }

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
  const isFlushed = (device: string): boolean => released.some(({ target }) => target === `address flush dev ${device}`)
  const links = [
    ...known.links.map((link) => (isFlushed(link.ifname) ? { ...link, addr_info: [] } : link)),
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
