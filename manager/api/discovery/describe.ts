import type { RoleType } from '../authorized.ts'
import type { Command } from '../command.ts'
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
  })),
  response: describeFields(command.response.fields),
})
