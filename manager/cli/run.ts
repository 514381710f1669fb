import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { messageOf } from '@sysvm/errors'
import type { Command, Context, Parsed } from './command.ts'
import { backup } from './commands/backup.ts'
import { call } from './commands/call.ts'
import { completion } from './commands/completion.ts'
import { down } from './commands/down.ts'
import { image } from './commands/image.ts'
import { restore } from './commands/restore.ts'
import { router } from './commands/router.ts'
import { status } from './commands/status.ts'
import { up } from './commands/up.ts'
import { user } from './commands/user.ts'
import { helpFor, overview } from './help.ts'
import { usageError } from './usage.ts'

/** The closed set of commands, in the order `sysvm help` shows them. */
export const commands: readonly Command[] = [up, down, status, call, router, user, image, backup, restore, completion]

const common = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const

const parse = (command: Command, words: readonly string[]): Parsed => {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      options: { ...common, ...command.options },
      allowPositionals: true,
    })
    return { values: values as Parsed['values'], words: positionals }
  } catch (error) {
    const first = messageOf(error).split('. ')[0] ?? ''
    throw usageError(`${first}; see: sysvm help ${command.name}`, error)
  }
}

const version = (context: Context): string => {
  const text = readFileSync(join(context.settings.top, 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

const find = (name: string): Command => {
  const command = commands.find((candidate) => candidate.name === name)
  if (command === undefined) {
    const names = commands.map((candidate) => candidate.name).join(', ')
    throw usageError(`there is no command ${name}; the commands are ${names}, help`)
  }
  return command
}

/** Runs one command line (without `node` and the script); rejects with what went wrong. */
export const runCommand = async (words: readonly string[], context: Context): Promise<void> => {
  const [name, ...rest] = words
  if (name === '--version' || name === '-V') return context.print(version(context))
  if (name === undefined || name === '--help' || name === '-h' || (name === 'help' && rest.length === 0)) {
    return context.print(overview(commands))
  }
  if (name === 'help') return context.print(helpFor(find(rest[0] ?? '')))
  const command = find(name)
  const parsed = parse(command, rest)
  // `call NAME --help` asks the manager what NAME takes; only `call` knows how.
  if (parsed.values.help === true && !(command.name === 'call' && parsed.words.length > 0)) {
    return context.print(helpFor(command))
  }
  await command.run(context, parsed)
}
