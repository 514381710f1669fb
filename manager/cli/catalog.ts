import { type Answer, type Client, listOf } from './client.ts'
import { columns } from './table.ts'
import { usageError } from './usage.ts'

/** One command as `listApis` describes it. */
export interface ApiCommand {
  readonly name: string
  readonly description: string
  readonly isasync: boolean
  readonly params: readonly {
    readonly name: string
    readonly type: string
    readonly required: boolean
    readonly description: string
  }[]
}

const commandFrom = (item: Answer): ApiCommand => ({
  name: String(item.name),
  description: String(item.description ?? ''),
  isasync: item.isasync === true,
  params: listOf(item, 'params').map((param) => ({
    name: String(param.name),
    type: String(param.type ?? 'string'),
    required: param.required === true,
    description: String(param.description ?? ''),
  })),
})

/** Every command the manager offers to this caller, by name. */
export const listCommands = async (client: Client): Promise<ApiCommand[]> =>
  listOf(await client.call('listApis'), 'api')
    .map(commandFrom)
    .toSorted((a, b) => a.name.localeCompare(b.name))

const like = (wanted: string, names: readonly string[]): string => {
  const near = names.filter((name) => name.toLowerCase().includes(wanted.toLowerCase())).slice(0, 5)
  return near.length === 0 ? 'see: sysvm call' : `did you mean ${near.join(', ')}?`
}

/** The command of that name, letters' case aside. SYSVM_USAGE when there is none. */
export const findCommand = (commands: readonly ApiCommand[], name: string): ApiCommand => {
  const found = commands.find((command) => command.name.toLowerCase() === name.toLowerCase())
  if (found !== undefined) return found
  throw usageError(
    `the manager has no command ${name}; ${like(
      name,
      commands.map((command) => command.name),
    )}`,
  )
}

/** Members of lists and maps arrive as `tags[0].key`; the parameter is `tags`. */
const base = (name: string): string => (name.split('[')[0] ?? name).toLowerCase()

/** `key=value` words as parameters. SYSVM_USAGE for what the command does not take or must have. */
export const parametersFrom = (command: ApiCommand, words: readonly string[]): Record<string, string> => {
  const parameters: Record<string, string> = {}
  const known = command.params.map((param) => param.name)
  for (const word of words) {
    const at = word.indexOf('=')
    if (at < 1) throw usageError(`${word} is not key=value; see: sysvm call ${command.name} --help`)
    const name = word.slice(0, at)
    if (!known.some((candidate) => candidate.toLowerCase() === base(name))) {
      throw usageError(`${command.name} takes no parameter ${name}; ${like(name, known)}`)
    }
    parameters[name] = word.slice(at + 1)
  }
  const given = new Set(Object.keys(parameters).map(base))
  const missing = command.params.filter((param) => param.required && !given.has(param.name.toLowerCase()))
  if (missing.length > 0) {
    throw usageError(`${command.name} needs ${missing.map((param) => `${param.name}=…`).join(' ')}`)
  }
  return parameters
}

/** Help for one command, from what the manager says of it. */
export const describeCommand = (command: ApiCommand): string => {
  const rows = command.params
    .toSorted((a, b) => Number(b.required) - Number(a.required) || a.name.localeCompare(b.name))
    .map((param) => [param.name, param.type, param.required ? 'required' : '', param.description])
  return [
    `usage: sysvm call ${command.name} ${rows.length === 0 ? '' : '[key=value…]'}`.trimEnd(),
    '',
    `${command.description}${command.isasync ? ' Asynchronous: sysvm waits for its job.' : ''}`,
    ...(rows.length === 0 ? [] : ['', columns(['parameter', 'type', '', 'meaning'], rows)]),
  ].join('\n')
}
