import type { Command } from './command.ts'

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

/** Names of API commands while the manager runs, else nothing; never an error on the prompt. */
const apiNames = `sysvm call 2>/dev/null | awk 'NR > 1 { print $1 }'`

const words = (command: Command): string[] => [
  ...(command.subcommands ?? []),
  ...Object.keys(command.options).map((name) => `--${name}`),
  '--json',
  '--help',
]

const bashCase = (command: Command): string => {
  const names = words(command).join(' ')
  return command.name === 'call'
    ? `    call) COMPREPLY=($(compgen -W "$(${apiNames}) ${names}" -- "$current")) ;;`
    : `    ${command.name}) COMPREPLY=($(compgen -W "${names}" -- "$current")) ;;`
}

const bash = (commands: readonly Command[]): string =>
  [
    '_sysvm() {',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own variable
    '  local current="${COMP_WORDS[COMP_CWORD]}"',
    '  if [ "$COMP_CWORD" = 1 ]; then',
    `    COMPREPLY=($(compgen -W "${[...commands.map((command) => command.name), 'help'].join(' ')}" -- "$current"))`,
    '    return',
    '  fi',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own variable
    '  case "${COMP_WORDS[1]}" in',
    ...commands.map(bashCase),
    `    help) COMPREPLY=($(compgen -W "${commands.map((command) => command.name).join(' ')}" -- "$current")) ;;`,
    '  esac',
    '}',
    'complete -F _sysvm sysvm',
  ].join('\n')

const fish = (commands: readonly Command[]): string =>
  [
    'complete -c sysvm -f',
    ...commands.map(
      (command) => `complete -c sysvm -n __fish_use_subcommand -a ${command.name} -d '${command.summary}'`,
    ),
    ...commands.map(
      (command) =>
        `complete -c sysvm -n '__fish_seen_subcommand_from ${command.name}' -a '${words(command).join(' ')}'`,
    ),
    `complete -c sysvm -n '__fish_seen_subcommand_from call' -a "(${apiNames.replaceAll('$', '\\$')})"`,
  ].join('\n')

/** A completion script; zsh runs the one for bash through its own bashcompinit. */
export const completionScript = (shell: Shell, commands: readonly Command[]): string => {
  if (shell === 'fish') return fish(commands)
  return shell === 'bash'
    ? bash(commands)
    : `autoload -Uz compinit bashcompinit\ncompinit\nbashcompinit\n${bash(commands)}`
}
