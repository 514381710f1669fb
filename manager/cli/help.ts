import type { Command } from './command.ts'

const optionLines = (command: Command): string[] =>
  Object.entries(command.options).map(([name, option]) => {
    const short = option.short === undefined ? '' : `-${option.short}, `
    return `  ${short}--${name}${option.type === 'string' ? ' <value>' : ''}`
  })

/** Text of `sysvm help`. */
export const overview = (commands: readonly Command[]): string => {
  const width = Math.max(...commands.map((command) => command.name.length))
  return [
    'usage: sysvm <command> [options]',
    '',
    ...commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`),
    `  ${'help'.padEnd(width)}  explain a command: sysvm help <command>`,
    '',
    'options of every command: --json (one JSON value on stdout), --help; sysvm --version',
    'exit codes: 0 done, 1 failed, 2 usage, 3 manager unreachable, 4 no such thing, 5 needs root, 6 took too long',
  ].join('\n')
}

/** Text of `sysvm help <command>`. */
export const helpFor = (command: Command): string =>
  [
    `usage: sysvm ${command.name}${command.usage === '' ? '' : ` ${command.usage}`}`,
    '',
    command.description,
    ...(Object.keys(command.options).length === 0 ? [] : ['', 'options:', ...optionLines(command)]),
  ].join('\n')
