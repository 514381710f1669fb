import type { RoleType } from '../authorized.ts'
import type { Command } from '../command.ts'
import { referenceOf } from '../reference.ts'
import type { Fields } from '../response.ts'
import { paramsFor } from '../wire/parameters.ts'
import type { WireObject } from '../wire/value.ts'

const describeFields = (fields: Fields): WireObject[] =>
  Object.entries(fields).map(([name, [type, description, nested]]) => ({
    name,
    type,
    description,
    ...(nested === undefined ? {} : { response: describeFields(nested) }),
  }))

/** Commands that answer the same kind of object; a mere success relates nothing. */
const related = ({ name, response }: Command, commands: readonly Command[]): string =>
  response.object === 'success'
    ? ''
    : commands
        .filter((other) => other.name !== name && other.response.object === response.object)
        .map((other) => other.name)
        .join(',')

const indexes = new WeakMap<readonly Command[], ReadonlyMap<string, readonly string[]>>()

/** Names of the lists that show the rows of each table. */
const listsByTable = (commands: readonly Command[]): ReadonlyMap<string, readonly string[]> => {
  const known = indexes.get(commands)
  if (known !== undefined) return known
  const index = new Map<string, string[]>()
  for (const command of commands.filter(({ name, params }) => name.startsWith('list') && 'id' in params))
    for (const table of referenceOf(command, 'id') ?? []) index.set(table, [...(index.get(table) ?? []), command.name])
  indexes.set(commands, index)
  return index
}

/** Lists in which the ids that a parameter takes are found: shells complete from them. */
const listsFor = (command: Command, name: string, commands: readonly Command[]): string | undefined => {
  const tables = command.params[name]?.identifies === undefined ? [] : (referenceOf(command, name) ?? [])
  const lists = tables.flatMap((table) => listsByTable(commands).get(table) ?? [])
  return lists.length === 0 ? undefined : [...new Set(lists)].join(',')
}

/** A command as `listApis` tells of it. */
export const describe = (command: Command, commands: readonly Command[], role: RoleType = 'Admin') => ({
  name: command.name,
  description: command.description,
  since: command.since,
  isasync: command.isasync,
  related: related(command, commands),
  params: Object.entries(paramsFor(command.params, role)).map(([name, parameter]) => ({
    name,
    description: parameter.description,
    type: parameter.type,
    length: parameter.length,
    required: parameter.required,
    related: listsFor(command, name, commands),
  })),
  response: describeFields(command.response.fields),
})
