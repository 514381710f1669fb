import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { defaultBounds } from './bounds.ts'
import type { Command } from './command.ts'
import { commands } from './commands.ts'
import type { Fields } from './response.ts'
import { renderSupport } from './support.ts'
import { CLOUDSTACK_VERSION } from './version.ts'

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  `| ${head.join(' | ')} |`,
  `|${'---|'.repeat(head.length)}`,
  ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
]

const fieldRows = (fields: Fields, prefix = ''): string[][] =>
  Object.entries(fields).flatMap(([name, [type, description, nested]]) => [
    [`\`${prefix}${name}\``, type, description],
    ...(nested === undefined ? [] : fieldRows(nested, `${prefix}${name}.`)),
  ])

const parameterTable = ({ params }: Command): string[] => {
  const rows = Object.entries(params).map(([name, { type, required, description }]) => [
    `\`${name}\``,
    type,
    required ? 'yes' : '',
    description,
  ])
  return rows.length === 0 ? ['It takes no parameters.'] : table(['parameter', 'type', 'required', 'meaning'], rows)
}

/** Names of objects by their fields: what makes a thing may answer with another name than what lists it. */
const shapes = (): ReadonlyMap<Fields, readonly string[]> => {
  const names = new Map<Fields, string[]>()
  for (const { response } of commands) {
    const known = names.get(response.fields) ?? []
    names.set(response.fields, known)
    if (!known.includes(response.object)) known.push(response.object)
  }
  return names
}

/** Commands with the same answer share one table of it. */
const answerLine = (command: Command): string => {
  const { object, fields } = command.response
  const anchor = (shapes().get(fields) ?? []).toSorted().join('-')
  const link = object === 'success' ? '`success`' : `[\`${object}\`](#answer-${anchor})`
  return command.isasync ? `Asynchronous; its finished job answers ${link}.` : `Answers ${link}.`
}

const section = (command: Command): string[] => [
  `## ${command.name}`,
  '',
  command.description,
  answerLine(command),
  '',
  ...parameterTable(command),
  '',
]

const answers = (): string[] =>
  [...shapes()]
    .map(([fields, names]) => ({ fields, title: names.toSorted().join(', ') }))
    .sort((a, b) => (a.title < b.title ? -1 : 1))
    .flatMap(({ fields, title }) => [
      `## Answer: ${title}`,
      '',
      ...table(['field', 'type', 'meaning'], fieldRows(fields)),
      '',
    ])

const introduction = `# The query API

The commands of CloudStack ${CLOUDSTACK_VERSION} that sysvm answers, with the parameters it takes and the fields it fills.
This page is made by \`node manager/api/docs.ts\` from the same registry that checks requests and answers \`listApis\`.

- \`GET\` or \`POST\` (form) to \`/client/api\` on the integration port: \`http://127.0.0.1:8096\`, loopback only, no
  credentials, the root administrator. Any path will do there. On the cloud port, \`8080\`, callers
  [say who they are](authentication.md): by signature or session.
- \`command\` and parameter names are compared without case. \`response=json\` or \`xml\` (the default).
- Lists are comma-joined, maps are \`name[0].key=value\`. \`page\` and \`pagesize\` come together; \`count\` is that of all.
- A parameter that is unknown, malformed or not supported yet is refused with 431 and nothing is changed; the text names
  every such parameter. A parameter that the command has not, but another one has, is passed over, as clients rely on.
- An id that names nothing, or a thing of another kind, is such a parameter too, also of a list: 431, not an empty answer.
  Of a range that runs downwards its end is named, of two parameters that do not fit the one to change.
- Names have one line; texts for people (\`displaytext\`, \`description\`, \`reason\`) may have several. No text has any
  other control character. A command that changes something takes no id twice in one list.
- Asynchronous commands answer \`jobid\` (and \`id\` for what they make); \`queryAsyncJobResult\` tells the rest.
- Errors carry \`errorcode\` (also the HTTP status), \`cserrorcode\` and \`errortext\`: 401 unknown caller,
  405 method, 429 too many calls, 430 malformed, 431 parameter, 432 unknown command or one that the caller may not use,
  503 unavailable for now, 530 inside the manager, 531 not permitted, 532 over a limit, 533 no capacity,
  534 not in a state for it, 536 in use, 537 overlapping addresses.
- A request line with its headers may have 64 KiB, a form 2 MiB, both together 2,000 parameters. Headers must be there
  within ${defaultBounds.headersMs / 1000} s, the request within ${defaultBounds.requestMs / 1000} s. A server takes ${defaultBounds.connections} connections, ${defaultBounds.requests} requests and
  ${defaultBounds.formBytes / 1024 ** 2} MiB of forms at once; whoever comes then is answered 503 and should try again.
- Guest networks may overlap each other, since each has its own VNI and NAT; they may not overlap a public network.
`

/** docs/reference/api.md as it should be. */
export const renderApiReference = (): string =>
  `${[introduction, ...commands.flatMap(section), ...answers()].join('\n').trimEnd()}\n`

const page = (name: string): string => fileURLToPath(new URL(`../../docs/reference/${name}`, import.meta.url))

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(page('api.md'), renderApiReference())
  await writeFile(page('support.md'), renderSupport())
}
