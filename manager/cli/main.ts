import { isSysvmError, messageOf } from '@sysvm/errors'
import { createClient } from './client.ts'
import { exitOf } from './exit.ts'
import { createProgress } from './progress.ts'
import { commands, runCommand } from './run.ts'
import { readSecret } from './secret.ts'
import { settingsFrom } from './settings.ts'

const settings = settingsFrom(process.env)
const json = process.argv.includes('--json')
try {
  await runCommand(process.argv.slice(2), {
    settings,
    client: createClient(settings.api),
    progress: createProgress(process.stderr),
    commands,
    json,
    width: process.stdout.columns ?? 120,
    readSecret,
    print: (text) => process.stdout.write(`${text}\n`),
    warn: (text) => process.stderr.write(`${text}\n`),
  })
} catch (error) {
  const code = isSysvmError(error) ? error.code : 'SYSVM_UNEXPECTED'
  process.stderr.write(`${code}: ${messageOf(error)}\n`)
  process.exitCode = exitOf(error)
}
