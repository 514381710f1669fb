import { describeCommand, findCommand, listCommands, parametersFrom } from '../catalog.ts'
import type { Command } from '../command.ts'
import { show } from '../show.ts'
import { columns } from '../table.ts'
import { usageError } from '../usage.ts'

const timeoutOf = (text: unknown): number => {
  const seconds = Number(text ?? 600)
  if (!Number.isInteger(seconds) || seconds < 1) throw usageError(`--timeout ${text} is not a number of seconds`)
  return seconds * 1000
}

export const call: Command = {
  name: 'call',
  summary: 'run any API command: sysvm call listZones',
  usage: '[<command> [key=value…]] [--help]',
  description: [
    'Runs a command of the query API and waits for its job, if it starts one.',
    'Without a command: lists all of them. `sysvm call <command> --help` tells what it takes.',
    'Maps are written as the API has them: tags[0].key=a tags[0].value=b',
  ].join('\n'),
  options: { 'no-wait': { type: 'boolean' }, timeout: { type: 'string' } },
  async run(context, { values, words }) {
    const { client, json, print } = context
    const commands = await listCommands(client)
    const [name, ...rest] = words
    if (name === undefined) {
      const rows = commands.map((command) => [command.name, command.description])
      return print(json ? JSON.stringify(commands) : columns(['command', 'meaning'], rows))
    }
    const command = findCommand(commands, name)
    if (values.help === true) return print(json ? JSON.stringify(command) : describeCommand(command))
    const timeoutMs = timeoutOf(values.timeout)
    const parameters = parametersFrom(command, rest)
    const answer =
      command.isasync && values['no-wait'] !== true
        ? await context.progress.step(command.name, () => client.run(command.name, parameters, { timeoutMs }))
        : await client.call(command.name, parameters)
    print(json ? JSON.stringify(answer) : show(answer, context.width))
  },
}
