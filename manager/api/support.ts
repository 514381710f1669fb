import { absent } from './absent.ts'
import type { Command } from './command.ts'
import { commands } from './commands.ts'
import { CLOUDSTACK_VERSION } from './version.ts'

const OWN = 'Of sysvm alone.'

const listOf = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ')

/** Accepted in one way only, which the parameter's own refusal says: asking for another is an error. */
const isSupported = ({ unsupported }: Command): string => (unsupported.length === 0 ? 'yes' : 'partly')

const row = (command: Command): string => {
  const own = Object.entries(command.params).filter(([, { description }]) => description.endsWith(OWN))
  const cells = [
    `[\`${command.name}\`](api.md#${command.name.toLowerCase()})`,
    isSupported(command),
    listOf(command.unsupported),
    listOf(own.map(([name]) => name)),
  ]
  return `| ${cells.join(' | ')} |`
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1)

const introduction = `# What of CloudStack's API there is

Command by command, from the registry that checks requests; made by \`node manager/api/docs.ts\`. The measure is the API
of CloudStack ${CLOUDSTACK_VERSION}; a test compares names and types of all parameters and fields with it both ways.

- A parameter under "refused" is CloudStack's and not supported: giving it is an error (431), never a silent difference.
- A flag of which only one way is supported is refused with the other one; [the reference](api.md) says which.
- Fields of answers that are not filled are left out, as CloudStack leaves out what is null. Which ones, and why, is in
  \`test/unit/manager/api/unanswered.ts\`.
- Of other commands' parameters [the reference](api.md) says which are passed over.
`

const count = (): string => {
  const whole = commands.filter(({ unsupported }) => unsupported.length === 0).length
  const missing = absent.flatMap(({ names }) => names).length
  return `${commands.length} commands, ${whole} of them with every parameter; ${missing} of CloudStack's are not there.\n`
}

/** docs/reference/support.md as it should be. */
export const renderSupport = (): string =>
  [
    introduction,
    count(),
    "| command | supported | refused | sysvm's own parameters |",
    '|---|---|---|---|',
    ...commands.toSorted(byName).map(row),
    '',
    '## Commands that there are not',
    '',
    'They answer 432, as an unknown command does, and `listApis` does not name them.',
    '',
    '| command | why |',
    '|---|---|',
    ...absent
      .flatMap(({ names, why }) => names.map((name) => ({ name, why })))
      .toSorted(byName)
      .map(({ name, why }) => `| \`${name}\` | ${why} |`),
    '',
  ].join('\n')
