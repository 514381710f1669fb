import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { commands } from '@sysvm/manager/cli/run'
import { expect, test } from 'vitest'
import { sysvm } from './fixture.ts'

const nowhere = 'http://127.0.0.1:1/client/api'
const bin = resolve(import.meta.dirname, '../../../../manager/bin/sysvm')

test('help names every command', async () => {
  const { out } = await sysvm(nowhere, ['help'])
  for (const { name, summary } of commands) expect(out).toContain(`  ${name.padEnd(10)}  ${summary}\n`)
})

test.each(commands.map((command) => command.name))('help %s and %s --help say the same', async (name) => {
  const { out } = await sysvm(nowhere, ['help', name])
  expect(out).toMatch(new RegExp(`^usage: sysvm ${name}`))
  expect((await sysvm(nowhere, [name, '--help'])).out).toBe(out)
})

test.each([
  [['dwon'], /^there is no command dwon; the commands are up, down, /],
  [['up', '--drivr', 'kvm'], /^Unknown option '--drivr'; see: sysvm help up$/],
  [['up', '--driver', 'xen'], /^--driver xen is unknown; it is kvm or container$/],
  [['router', 'show'], /^say what to do and with which router/],
  [['completion', 'csh'], /^completion is for bash, zsh, fish/],
])('%j is a usage error', async (words, message) => {
  const { error } = await sysvm(nowhere, words)
  expect(error).toMatchObject({ code: 'SYSVM_USAGE', message: expect.stringMatching(message) })
})

test('the program runs through a symlink from anywhere and prints its version', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cli-bin-'))
  try {
    symlinkSync(bin, join(folder, 'sysvm'))
    const { stdout, status } = spawnSync(join(folder, 'sysvm'), ['--version'], { cwd: '/', encoding: 'utf8' })
    expect([stdout, status]).toEqual(['0.1.0\n', 0])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('errors are one CODE: sentence on stderr, with the documented exit code', () => {
  const run = (...words: string[]) =>
    spawnSync(bin, words, { encoding: 'utf8', env: { ...process.env, SYSVM_API: nowhere } })
  const unreachable = run('status')
  expect(unreachable.stdout).toBe('')
  expect(unreachable.stderr).toMatch(
    /^SYSVM_API_UNREACHABLE: no manager answers at http:\/\/127\.0\.0\.1:1\/client\/api: .+\n$/,
  )
  expect(unreachable.status).toBe(3)
  expect(run('nonsense').status).toBe(2)
})

test.each(['bash', 'zsh'])('bash accepts the script for %s', async (shell) => {
  const { out } = await sysvm(nowhere, ['completion', shell])
  const body = shell === 'zsh' ? out.replace(/^(autoload|compinit|bashcompinit).*\n/gm, '') : out
  const { status, stdout } = spawnSync(
    'bash',
    ['-c', `${body}\nCOMP_WORDS=(sysvm ro) COMP_CWORD=1; _sysvm; echo "\${COMPREPLY[@]}"`],
    { encoding: 'utf8' },
  )
  expect([status, stdout]).toEqual([0, 'router\n'])
})
