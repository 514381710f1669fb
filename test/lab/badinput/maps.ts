import type { Command } from '@sysvm/manager/api/command'
import { type Good, goodCall, type Topology } from './good.ts'
import { type Hostile, injections } from './hostile.ts'

type Entry = Readonly<Record<string, string>>

const provided = (): Entry => ({ service: 'Dhcp', provider: 'VirtualRouter' })
const capability = (): Entry => ({
  service: 'SourceNat',
  capabilitytype: 'SupportedSourceNatTypes',
  capabilityvalue: 'peraccount',
})
const dhcp = (at: Topology): Entry => ({ networkid: at.network, 'dhcp:66': 'boot.example' })
/** A member to be, or of a removal one that is. */
const member = (at: Topology, { name }: Command): Entry =>
  name.startsWith('remove') ? { vmid: at.guest, vmip: '10.5.0.2' } : { vmid: at.secondguest, vmip: '10.5.0.3' }

/** One entry of each map, as it is right; by parameter. */
const entries: Readonly<Record<string, (at: Topology, command: Command) => Entry>> = {
  details: () => ({ HoldTime: '90' }),
  dhcpoptions: () => ({ 'dhcp:66': 'boot.example' }),
  dhcpoptionsnetworklist: dhcp,
  iptonetworklist: (at) => ({ networkid: at.network, ip: '10.5.0.80' }),
  nicnetworklist: (at) => ({ nic: '0', network: at.network }),
  rules: () => ({ rule: 'list*', permission: 'allow', description: 'reads' }),
  param: () => ({ name: 'cookie-name', value: 'sid' }),
  servicecapabilitylist: capability,
  serviceofferingdetails: () => ({ tier: 'gold' }),
  serviceproviderlist: provided,
  tags: () => ({ key: 'tier', value: 'prod' }),
  userdatadetails: () => ({ one: 'x' }),
  usersecuritygrouplist: () => ({ account: 'admin', group: 'web' }),
  vmidipmap: member,
}

/** What says the same as a map in other words, and is left out beside it. */
const instead: Readonly<Record<string, readonly string[]>> = {
  iptonetworklist: ['networkids'],
  nicnetworklist: ['networkids'],
  vmidipmap: ['virtualmachineids'],
}

/** Good calls with a map, by its name. */
export const goodMaps = (command: Command, at: Topology): readonly (readonly [string, Good])[] =>
  Object.entries(command.params).flatMap(([name, { type }]) => {
    if (type !== 'map') return []
    const left = Object.entries(goodCall(command, at)).filter(([key]) => !instead[name]?.includes(key))
    const pairs = Object.entries(entries[name]?.(at, command) ?? {}).map(
      ([key, value]) => [`${name}[0].${key}`, value] as const,
    )
    return [[name, Object.fromEntries([...left, ...pairs])] as const]
  })

/** Maps of which this file knows no entry. */
export const unknownMaps = ({ name, params }: Command): readonly string[] =>
  Object.entries(params).flatMap(([key, { type }]) =>
    type === 'map' && entries[key] === undefined ? [`${name}.${key}`] : [],
  )

/** Each value of a map's entry, injected into; the key's name is part of the kind. */
export const hostileEntries = (command: Command, at: Topology): readonly (readonly [string, Hostile])[] =>
  Object.entries(command.params).flatMap(([name, parameter]) => {
    const entry = parameter.type === 'map' ? (entries[name]?.(at, command) ?? {}) : {}
    return Object.entries(entry).flatMap(([key, good]) =>
      Object.entries(injections(good, parameter)).map(([kind, value]) => {
        const pairs = Object.entries({ ...entry, [key]: value }).map(
          ([one, text]) => [`${name}[0].${one}`, text] as const,
        )
        return [name, { kind: `${key} ${kind}`, pairs }] as const
      }),
    )
  })
