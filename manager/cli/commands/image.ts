import type { Command } from '../command.ts'
import { usageError } from '../usage.ts'

const verbs = ['build', 'list', 'verify'] as const

export const image: Command = {
  name: 'image',
  summary: 'build, list or verify the images',
  usage: 'build|list|verify',
  description: '',
  options: {},
  subcommands: verbs,
  async run(_context, { words }) {
    throw usageError(`sysvm image ${words[0] ?? ''}: say ${verbs.join(', ')}`)
  },
}
