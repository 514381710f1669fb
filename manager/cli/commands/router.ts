import { spawn } from 'node:child_process'
import { SysvmError } from '@sysvm/errors'
import { type Answer, type Client, isObject, listOf } from '../client.ts'
import type { Command, Context } from '../command.ts'
import { shellArguments } from '../router-shell.ts'
import { card, columns } from '../table.ts'
import { usageError } from '../usage.ts'

const verbs = ['show', 'plan', 'diff', 'logs', 'shell'] as const
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

const shell = async (context: Context, router: Answer): Promise<void> => {
  const control = inner(await context.client.call('getRouterControl', { id: String(router.id) }))
  const argv = await shellArguments(context.settings, control)
  const child = spawn(argv[0], argv.slice(1), { stdio: 'inherit' })
  process.exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
}

const views: Readonly<
  Record<Exclude<Verb, 'shell'>, { readonly command: string; readonly text: (answer: Answer) => string }>
> = {
  show: { command: 'getRouterStatus', text: card },
  plan: { command: 'getRouterPlan', text: showPlan },
  diff: { command: 'getRouterDrift', text: showDrift },
  logs: { command: 'getConsoleLog', text: (answer) => String(answer.log ?? '').trimEnd() },
}

export const router: Command = {
  name: 'router',
  summary: 'look into a virtual router: show, plan, diff, logs, shell',
  usage: 'show|plan|diff|logs|shell <name>',
  description: [
    'show   what the API and the router itself say of it',
    'plan   what sending its spec now would change',
    'diff   how its kernel and daemons differ from the generation it confirmed',
    'logs   what it wrote on its console',
    'shell  a root shell in it, for an operator on this machine',
    '<name> is the instance name (r-4-VM), the id, or the name of the network.',
  ].join('\n'),
  options: {},
  subcommands: verbs,
  async run(context, { words }) {
    const [verb, name] = words
    const known = verbs.find((candidate) => candidate === verb)
    if (known === undefined || name === undefined) {
      throw usageError(`say what to do and with which router: sysvm router ${verbs.join('|')} <name>`)
    }
    const found = await findRouter(context.client, name)
    if (known === 'shell') return shell(context, found)
    const view = views[known]
    const answer = inner(await context.client.call(view.command, { id: String(found.id) }))
    const whole = known === 'show' ? { ...found, ...answer } : answer
    context.print(context.json ? JSON.stringify(whole) : view.text(whole))
  },
}
