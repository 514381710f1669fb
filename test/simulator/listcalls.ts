import { createHash } from 'node:crypto'
import { commands } from '@sysvm/manager/api/commands'
import { referenceOf } from '@sysvm/manager/api/reference'
import type { Database } from '@sysvm/manager/model'
import { type Kysely, sql } from 'kysely'

type Command = (typeof commands)[number]

/** One call of a list command: without a filter, with one, or with a page far behind. */
export interface ListCall {
  readonly command: string
  readonly params: Readonly<Record<string, string>>
}

/** The id of a row that `seedBig` made, from 1. */
export const bigId = (table: string, number: number): string => {
  const digits = createHash('md5').update(`${table}/${number}`).digest('hex')
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** What texts are looked for: something that some rows have. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  // Most rows, few, one, and a text that is too short for trigrams.
  keyword: ['e-1', '999', 'guest-4711', 'a'],
  name: ['guest-4711', 'host-4711', 'network-4', 'nothing'],
  keypair: ['key-11'],
  username: ['user-17'],
  account: ['account-17'],
  vlan: ['untagged'],
  cidr: ['10.0.0.0/8'],
  ipaddress: ['100.64.0.17'],
  type: ['VM.CREATE'],
  resourcetype: ['VirtualMachine'],
}

/** What comes with a filter, because the command wants it so. */
const TOGETHER: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  entrytime: { duration: '1' },
  duration: { entrytime: '10' },
  templatetype: { templatefilter: 'all' },
}

/** What commands need that do not say so of one parameter alone. */
const NEEDED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  listLBStickinessPolicies: { lbruleid: bigId('balancer', 1) },
  listLBHealthCheckPolicies: { lbruleid: bigId('balancer', 1) },
}

const BY_TYPE: Readonly<Record<string, readonly string[]>> = {
  boolean: ['true', 'false'],
  integer: ['1', '10'],
  date: ['2026-01-01T00:00:00+0000'],
  string: ['10.0.0.0/8', '100.64.0.17', 'guest-1'],
  list: ['all', 'Dhcp'],
  uuid: [],
  long: ['1'],
  map: [],
}

const accepts = (command: Command, name: string, value: string): boolean =>
  command.params[name]?.schema.safeParse(value).success === true

/** The words of a choice, as its refusal names them. */
const wordsOf = (command: Command, name: string): readonly string[] => {
  const result = command.params[name]?.schema.safeParse('no such word')
  const said = result?.error?.issues[0]?.message ?? ''
  return /is not one of (.*)$/.exec(said)?.[1]?.split(', ') ?? []
}

const rowOf = async (db: Kysely<Database>, table: string): Promise<string | undefined> => {
  const { rows } = await sql<{ id: string }>`select id from ${sql.table(table)} order by id limit 1`.execute(db)
  return rows[0]?.id
}

/** Where the seed has more than one of a kind, the one that most hangs on. */
const KNOWN: Readonly<Record<string, string>> = {
  zone: bigId('zone', 1),
  pod: bigId('pod', 1),
  cluster: bigId('cluster', 1),
  host: bigId('host', 1),
  guest: bigId('guest', 1),
  network: bigId('network', 1),
  vpc: bigId('vpc', 1),
  nic: bigId('nic', 1),
  account: bigId('account', 1),
  domain: bigId('domain', 2),
  public_ip: bigId('ip', 1),
  vlan_range: bigId('range', 1),
  physical_network: bigId('physical', 1),
  load_balancer_rule: bigId('balancer', 1),
  network_acl_list: bigId('acllist', 1),
  event: bigId('event', 2),
}

const tableOf = (named: string): string => (named === 'element' ? 'network_service_provider' : named)

const valuesFor = async (db: Kysely<Database>, command: Command, name: string): Promise<readonly string[]> => {
  const named = command.params[name]?.identifies === undefined ? undefined : referenceOf(command, name)
  if (named?.[0] !== undefined) {
    const id = KNOWN[named[0]] ?? (await rowOf(db, tableOf(named[0])))
    return id === undefined ? [] : [id]
  }
  const words = [...wordsOf(command, name), ...(TEXTS[name] ?? [])]
  const candidates = words.some((word) => accepts(command, name, word))
    ? words
    : (BY_TYPE[command.params[name]?.type ?? ''] ?? [])
  return candidates.filter((value) => accepts(command, name, value)).slice(0, 12)
}

const PAGING = new Set(['page', 'pagesize', 'listall', 'isrecursive', 'domainid', 'details'])

/** Which of the parameters only root administrators have is asked elsewhere; here, that all is shown. */
const allOf = (command: Command): Readonly<Record<string, string>> => ({
  ...(command.params.listall === undefined ? {} : { listall: 'true' }),
  ...(command.params.page === undefined ? {} : { page: '1', pagesize: '500' }),
})

/** Every list command by itself, with each filter alone, with an owner, and on a late page. */
export const listCalls = async (db: Kysely<Database>): Promise<readonly ListCall[]> => {
  const calls: ListCall[] = []
  for (const command of commands.filter(({ name }) => name.startsWith('list'))) {
    const needed: Record<string, string> = { ...allOf(command), ...NEEDED[command.name] }
    for (const [name, { required }] of Object.entries(command.params))
      if (required) needed[name] = (await valuesFor(db, command, name))[0] ?? ''
    const add = (params: Readonly<Record<string, string>>) =>
      calls.push({ command: command.name, params: { ...needed, ...params } })
    add({})
    if (command.params.page !== undefined) {
      add({ page: '3' })
      add({ page: '60' })
    }
    if (command.params.listall !== undefined) add({ listall: 'false' })
    const owner = { account: 'account-1', domainid: bigId('domain', 2) }
    if (command.params.account !== undefined && command.params.domainid !== undefined) {
      add(owner)
      add({ domainid: owner.domainid, ...(command.params.isrecursive === undefined ? {} : { isrecursive: 'true' }) })
      if (command.params.keyword !== undefined) add({ ...owner, keyword: '1' })
    }
    for (const name of Object.keys(command.params).filter((name) => !PAGING.has(name) && name !== 'account'))
      for (const value of await valuesFor(db, command, name)) add({ ...TOGETHER[name], [name]: value })
    if (command.params.keyword !== undefined && command.params.zoneid !== undefined)
      add({ keyword: 'e-1', zoneid: bigId('zone', 1) })
  }
  return calls
}
