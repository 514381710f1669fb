import { spawn } from 'node:child_process'
import { SysvmError } from '@sysvm/errors'
import { type Answer, type Client, isObject, listOf } from '../client.ts'
import type { Command, Context } from '../command.ts'
import { shellArguments } from '../router-shell.ts'
import { card, columns } from '../table.ts'
import { usageError } from '../usage.ts'

const verbs = ['show', 'plan', 'diff', 'health', 'explain', 'logs', 'shell'] as const
type Verb = (typeof verbs)[number]

/** A router by its instance name, its id, or the name of its network or VPC. SYSVM_NOT_FOUND. */
export const findRouter = async (client: Client, name: string): Promise<Answer> => {
  const routers = listOf(await client.call('listRouters'), 'router')
  const found = routers.find((router) =>
    [router.name, router.id, router.vpcname ?? router.guestnetworkname].includes(name),
  )
  if (found !== undefined) return found
  const names = routers.map((router) => router.name).join(', ')
  throw new SysvmError(
    'SYSVM_NOT_FOUND',
    `there is no router ${name}; ${names === '' ? 'there are none' : `there are ${names}`}`,
  )
}

/** The one object of an answer. */
const inner = (answer: Answer): Answer => Object.values(answer).find(isObject) ?? answer

const showPlan = (plan: Answer): string => {
  const files = listOf(plan, 'files').map((file) => String(file.diff))
  const actions = listOf(plan, 'actions').map(
    ({ service, verb, target, why }) => `${service}: ${verb} ${target}: ${why}`,
  )
  const netfilter = String(plan.netfilter ?? '')
  if (files.length + actions.length === 0 && netfilter === '') return 'nothing would change'
  const flows = plan.dropsFlows === true ? 'established flows would drop' : 'established flows survive'
  return [...files, ...(netfilter === '' ? [] : [`nft:\n${netfilter}`]), ...actions, flows].join('\n')
}

const showDrift = (drift: Answer): string => {
  const rows = listOf(drift, 'differences').map((difference) => [difference.service, difference.what])
  return rows.length === 0 ? 'the router is as its generation says' : columns(['service', 'differs'], rows)
}

const showHealth = (answer: Answer): string =>
  columns(
    ['check', 'type', 'status', 'details'],
    listOf(answer, 'healthchecks').map(({ checkname, checktype, status, details }) => [
      checkname,
      checktype,
      status,
      details ?? '',
    ]),
  )

/** The decisions that say something, and what became of the packet. */
const showExplanation = (answer: Answer): string => {
  const said = listOf(answer, 'steps').flatMap(({ says }) => (says === undefined ? [] : [`- ${says}`]))
  const rule = answer.ruleid === undefined ? [] : [`rule: ${answer.ruleid} (${answer.service})`]
  return [`${answer.verdict}: ${answer.says}`, ...rule, ...said].join('\n')
}

const protocols = ['tcp', 'udp', 'icmp']

/** `<src> <dst> <proto> [<port>]` as parameters of the API. */
const packetOf = (words: readonly string[]): Readonly<Record<string, string>> => {
  const [source, destination, protocol, port, ...more] = words
  const complete = protocol === 'icmp' ? port === undefined : port !== undefined
  if (
    source === undefined ||
    destination === undefined ||
    !protocols.includes(protocol ?? '') ||
    !complete ||
    more.length > 0
  )
    throw usageError('say which packet: sysvm router explain <name> <src> <dst> tcp|udp|icmp [<port>]')
  return { source, destination, protocol: protocol ?? '', ...(port === undefined ? {} : { port }) }
}

const shell = async (context: Context, router: Answer): Promise<void> => {
  const control = inner(await context.client.call('getRouterControl', { id: String(router.id) }))
  const argv = await shellArguments(context.settings, control)
  const child = spawn(argv[0], argv.slice(1), { stdio: 'inherit' })
  process.exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
}

interface View {
  readonly command: string
  readonly text: (answer: Answer) => string
  /** The router's own parameter, and more from the words after its name. */
  readonly params?: (id: string, words: readonly string[]) => Readonly<Record<string, string>>
}

const views: Readonly<Record<Exclude<Verb, 'shell'>, View>> = {
  show: { command: 'getRouterStatus', text: card },
  plan: { command: 'getRouterPlan', text: showPlan },
  diff: { command: 'getRouterDrift', text: showDrift },
  health: {
    command: 'getRouterHealthCheckResults',
    text: showHealth,
    params: (routerid) => ({ routerid, performfreshchecks: 'true' }),
  },
  explain: {
    command: 'explainRouterPacket',
    text: showExplanation,
    params: (id, words) => ({ id, ...packetOf(words) }),
  },
  logs: { command: 'getConsoleLog', text: (answer) => String(answer.log ?? '').trimEnd() },
}

export const router: Command = {
  name: 'router',
  summary: 'look into a virtual router: show, plan, diff, health, explain, logs, shell',
  usage: 'show|plan|diff|health|logs|shell <name>, explain <name> <src> <dst> tcp|udp|icmp [<port>]',
  description: [
    'show     what the API and the router itself say of it',
    'plan     what sending its spec now would change',
    'diff     how its kernel and daemons differ from the generation it confirmed',
    'health   what it finds when it checks its services now',
    'explain  which rule lets a packet through or drops it, tried with a real one',
    'logs     what it wrote on its console',
    'shell    a root shell in it, for an operator on this machine',
    '<name> is the instance name (r-4-VM), the id, or the name of the network.',
  ].join('\n'),
  options: {},
  subcommands: verbs,
  async run(context, { words }) {
    const [verb, name, ...more] = words
    const known = verbs.find((candidate) => candidate === verb)
    if (known === undefined || name === undefined) {
      throw usageError(`say what to do and with which router: sysvm router ${verbs.join('|')} <name>`)
    }
    const found = await findRouter(context.client, name)
    if (known === 'shell') return shell(context, found)
    const view = views[known]
    const params = view.params?.(String(found.id), more) ?? { id: String(found.id) }
    const answer = inner(await context.client.call(view.command, params))
    const whole = known === 'show' ? { ...found, ...answer } : answer
    context.print(context.json ? JSON.stringify(whole) : view.text(whole))
  },
}
