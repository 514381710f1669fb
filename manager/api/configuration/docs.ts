import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Setting, settingNames, settings } from '../../model/settings/index.ts'
import { scopesOf } from './scope.ts'

const introduction = `# Configuration keys

What an operator may set while the manager runs, with \`updateConfiguration\`; \`resetConfiguration\` goes back to the
default and \`listConfigurations\` shows what counts. Every key acts at once. A key with a scope can have a value of its
own for one zone, cluster, account or domain (\`zoneid\`, \`clusterid\`, \`accountid\`, \`domainid\`): the nearest counts, an
account's before its domain's, a domain's before that of the one above, and the cloud's last.

The names are CloudStack's where it has them. This page is made by \`node manager/api/configuration/docs.ts\` from the
registry that the manager reads, \`manager/model/settings\`; a test compares them, and fails when nothing reads a key.
What is set before the manager starts is in [configuration.md](configuration.md).
`

const cell = (text: string): string => text.replaceAll('|', '\\|')

const row = (name: keyof typeof settings): string => {
  const { fallback, range, type, category, description }: Setting = settings[name]
  const scope = ['global', ...scopesOf(name)].join(', ')
  const value = fallback === '' ? '' : `\`${fallback}\``
  return `| ${[`\`${name}\``, value, `${type}: ${range}`, scope, category, description].map(cell).join(' | ')} |`
}

/** docs/reference/configuration-keys.md as it should be. */
export const renderConfigurationKeys = (): string =>
  `${introduction}
| key | default | value | scope | category | effect |
|---|---|---|---|---|---|
${settingNames.map(row).join('\n')}
`

if (process.argv[1] === fileURLToPath(import.meta.url))
  await writeFile(
    fileURLToPath(new URL('../../../docs/reference/configuration-keys.md', import.meta.url)),
    renderConfigurationKeys(),
  )
