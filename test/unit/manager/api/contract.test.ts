import { existsSync, readFileSync } from 'node:fs'
import { commands } from '@sysvm/manager/api/commands'
import type { Fields } from '@sysvm/manager/api/response'
import { describe, expect, it } from 'vitest'

interface Named {
  readonly name: string
  readonly type: string
  readonly required?: boolean
  readonly response?: readonly Named[]
}

interface Published {
  readonly name: string
  readonly isasync: boolean
  readonly since?: string
  readonly objectname?: string
  readonly params: readonly Named[]
  readonly response: readonly Named[]
}

const file = new URL('../../../../../shared/cloudstack/api.json', import.meta.url)
const present = existsSync(file)
if (!present) console.warn(`SKIPPED: ${file.pathname} is missing, so the API is not compared with CloudStack's.`)
const published: readonly Published[] = present ? JSON.parse(readFileSync(file, 'utf8')) : []

/** Commands that are sysvm's own. */
const OWN = [
  'explainRouterPacket',
  'getConsoleLog',
  'getRouterControl',
  'getRouterDrift',
  'getRouterLog',
  'getRouterPlan',
  'getRouterStatus',
  'listNetworkTraffic',
  'listVirtualMachineNetboots',
  'setVirtualMachineNetboot',
  // CloudStack's, though the published list lacks it.
  'updateVMAffinityGroup',
]

/** The published list names a provider's fields here, but servers answer a traffic type's and clients read them. */
const FIELDS_KNOWN_WRONG: Readonly<Record<string, readonly string[]>> = {
  // Clients read these names; the published list has the fields of what is inside.
  listLoadBalancerRuleInstances: ['count', 'lbrulevmidip'],
  listTrafficTypes: ['traffictype', 'kvmnetworklabel'],
  registerUserData: [
    ...['id', 'name', 'account', 'accountid', 'domainid', 'domain', 'domainpath'],
    ...['userdata', 'params', 'hasannotations'],
  ],
}

/** The published list names a list's objects here; a server's answer about a single one has another name. */
const OBJECTS_KNOWN_WRONG: Readonly<Record<string, string>> = {
  addIpToNic: 'nicsecondaryip',
  associateIpAddress: 'ipaddress',
  createIpForwardingRule: 'ipforwardingrule',
  createLoadBalancerRule: 'loadbalancer',
  createVlanIpRange: 'vlan',
  reserveIpAddress: 'ipaddress',
  updateIpAddress: 'ipaddress',
  updateLoadBalancerRule: 'loadbalancer',
}

/** What sysvm adds says so. */
const isOwn = (description: string): boolean => description.endsWith('Of sysvm alone.')

/** Names in our answer that the published one lacks, with their place. */
const surplus = (fields: Fields, known: readonly Named[], place = ''): string[] =>
  Object.entries(fields).flatMap(([name, [, description, nested]]) => {
    const match = known.find((field) => field.name === name)
    if (match === undefined) return isOwn(description) ? [] : [`${place}${name}`]
    return nested && match.response ? surplus(nested, match.response, `${place}${name}.`) : []
  })

describe.skipIf(!present)("the API beside CloudStack's", () => {
  it('has no command of its own but the listed ones', () => {
    const names = new Set(published.map(({ name }) => name))
    expect(commands.map(({ name }) => name).filter((name) => !names.has(name))).toEqual(OWN)
  })

  const pairs = commands.flatMap((command) => {
    const theirs = published.find(({ name }) => name === command.name)
    return theirs ? [{ name: command.name, command, theirs }] : []
  })

  it.each(pairs)('$name takes its parameters and answers its fields', ({ command, theirs }) => {
    const { params, unsupported, response, isasync, since } = command
    const own = Object.entries(params).filter(([, { description }]) => isOwn(description))
    const published = theirs.params.map(({ name }) => name)
    expect(own.map(([name]) => name).filter((name) => published.includes(name))).toEqual([])
    const shared = Object.keys(params).filter((name) => !own.some(([one]) => one === name))
    expect([...shared, ...unsupported].sort()).toEqual(published.sort())
    for (const { name, type, required } of theirs.params) {
      const ours = params[name]
      if (ours === undefined) continue
      // Whole numbers here have the range of an integer.
      expect({ name, type: ours.type, required: ours.required }).toEqual({
        name,
        type: type === 'long' || type === 'short' ? 'integer' : type,
        required,
      })
    }
    expect(surplus(response.fields, theirs.response)).toEqual(FIELDS_KNOWN_WRONG[command.name] ?? [])
    expect({ isasync, since }).toEqual({ isasync: theirs.isasync, since: theirs.since })
    if (theirs.objectname !== undefined)
      expect(response.object).toBe(OBJECTS_KNOWN_WRONG[command.name] ?? theirs.objectname)
  })
})
