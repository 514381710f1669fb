import { existsSync, readFileSync } from 'node:fs'
import { absent } from '@sysvm/manager/api/absent'
import { commands } from '@sysvm/manager/api/commands'
import type { Fields } from '@sysvm/manager/api/response'
import { describe, expect, it } from 'vitest'
import { unanswered } from './unanswered.ts'

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
  'cancelAsyncJob',
  // CloudStack's, though the published list lacks them.
  'createInstanceGroup',
  'deleteInstanceGroup',
  'explainRouterPacket',
  'getConsoleLog',
  'getRouterControl',
  'getRouterDrift',
  'getRouterLog',
  'getRouterPlan',
  'getRouterStatus',
  'getVpnClientConfiguration',
  // CloudStack's, though the published list lacks them.
  'listInstanceGroups',
  'listLdapConfigurations',
  'listNetworkTraffic',
  'listVirtualMachineNetboots',
  'setVirtualMachineNetboot',
  // CloudStack's, though the published list lacks them.
  'updateInstanceGroup',
  'updateProject',
  'updateVMAffinityGroup',
]

/** The published list names a provider's fields here, but servers answer a traffic type's and clients read them. */
const FIELDS_KNOWN_WRONG: Readonly<Record<string, readonly string[]>> = {
  // Servers answer the whole group, and Ansible reads it.
  authorizeSecurityGroupEgress: [
    ...['id', 'name', 'description', 'projectid', 'project', 'domainid', 'domain', 'domainpath', 'ingressrule'],
    ...['egressrule', 'virtualmachinecount', 'virtualmachineids'],
  ],
  authorizeSecurityGroupIngress: [
    ...['id', 'name', 'description', 'projectid', 'project', 'domainid', 'domain', 'domainpath', 'ingressrule'],
    ...['egressrule', 'virtualmachinecount', 'virtualmachineids'],
  ],
  // Clients read these names; the published list has the fields of what is inside.
  listLoadBalancerRuleInstances: ['count', 'lbrulevmidip'],
  listTrafficTypes: ['traffictype', 'kvmnetworklabel'],
  registerUserData: [
    ...['id', 'name', 'account', 'projectid', 'project', 'accountid', 'domainid', 'domain', 'domainpath'],
    ...['userdata', 'params', 'hasannotations'],
  ],
}

/** The published list names a list's objects here; a server's answer about a single one has another name. */
const OBJECTS_KNOWN_WRONG: Readonly<Record<string, string>> = {
  addIpToNic: 'nicsecondaryip',
  authorizeSecurityGroupEgress: 'securitygroup',
  authorizeSecurityGroupIngress: 'securitygroup',
  associateIpAddress: 'ipaddress',
  createIpForwardingRule: 'ipforwardingrule',
  createLoadBalancerRule: 'loadbalancer',
  createVlanIpRange: 'vlan',
  reserveIpAddress: 'ipaddress',
  listAffinityGroupTypes: 'affinityGroupType',
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

/** The published list names some types as Java does: words for a number's size, and names of enumerations. */
const TYPES: Readonly<Record<string, string>> = {
  ...{ int: 'integer', short: 'integer', float: 'long', set: 'list', responseobject: 'object' },
  ...{ state: 'string', status: 'string', type: 'string', scopetype: 'string' },
  ...{ storagepoolstatus: 'string', imageformat: 'string' },
  // Of the guests of a load balancer rule, which are a list.
  uservmresponse: 'list',
}
const plainType = (type: string): string => TYPES[type] ?? type

interface Compared {
  /** Fields that are published and not among ours. */
  readonly lacking: readonly string[]
  /** Fields whose types differ. */
  readonly mistyped: readonly string[]
}

const compareFields = (ours: Fields, theirs: readonly Named[], place: string): Compared => {
  const compared = theirs.map(({ name, type, response }): Compared => {
    const field = ours[name]
    const where = `${place}.${name}`
    if (field === undefined) return { lacking: [where], mistyped: [] }
    const mistyped = plainType(field[0]) === plainType(type) ? [] : [`${where}: ${field[0]}, not ${type}`]
    const inner = field[2] && response ? compareFields(field[2], response, where) : { lacking: [], mistyped: [] }
    return { lacking: inner.lacking, mistyped: [...mistyped, ...inner.mistyped] }
  })
  return {
    lacking: compared.flatMap(({ lacking }) => lacking),
    mistyped: compared.flatMap(({ mistyped }) => mistyped),
  }
}

describe.skipIf(!present)("the API beside CloudStack's", () => {
  it('has no command of its own but the listed ones', () => {
    const names = new Set(published.map(({ name }) => name))
    expect(commands.map(({ name }) => name).filter((name) => !names.has(name))).toEqual(OWN)
  })

  it('has every command or a reason why not', () => {
    const own = new Set(commands.map(({ name }) => name))
    const lacking = published.map(({ name }) => name).filter((name) => !own.has(name))
    expect(absent.flatMap(({ names }) => names).sort()).toEqual(lacking.sort())
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

  const differences = pairs.map(({ command, theirs }) =>
    compareFields(command.response.fields, theirs.response, command.response.object),
  )

  it('answers fields of the published types', () => {
    expect([...new Set(differences.flatMap(({ mistyped }) => mistyped))]).toEqual([])
  })

  it('has a reason for each field that it does not answer, and no reason for what is answered', () => {
    const lacking = [...new Set(differences.flatMap((one) => one.lacking))]
    expect(lacking.filter((field) => !unanswered.some(({ where }) => where.test(field)))).toEqual([])
    expect(unanswered.filter(({ where }) => !lacking.some((field) => where.test(field)))).toEqual([])
  })
})
