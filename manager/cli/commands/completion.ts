import type { Command } from '../command.ts'
import { completionScript, shells } from '../completion.ts'
import { usageError } from '../usage.ts'

export const completion: Command = {
  name: 'completion',
  summary: 'print a completion script for bash, zsh or fish',
  usage: 'bash|zsh|fish',
  description: [
    'Prints a script that completes the commands of sysvm and, while the manager runs, the names of API commands.',
    'bash: source <(sysvm completion bash); zsh: source <(sysvm completion zsh); fish: sysvm completion fish | source',
  ].join('\n'),
  options: {},
  subcommands: shells,
  async run(context, { words }) {
    const shell = shells.find((name) => name === words[0])
    if (shell === undefined) throw usageError(`completion is for ${shells.join(', ')}: sysvm completion bash`)
    context.print(completionScript(shell, context.commands))
  },
}
