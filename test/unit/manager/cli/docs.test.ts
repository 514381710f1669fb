import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { exits } from '@sysvm/manager/cli/exit'
import { commands } from '@sysvm/manager/cli/run'
import { expect, test } from 'vitest'

const page = readFileSync(join(import.meta.dirname, '../../../../docs/reference/cli.md'), 'utf8')

test('the reference lists every command and option', () => {
  for (const { name, options, subcommands = [] } of commands) {
    const rows = page
      .split('\n')
      .filter((line) => line.startsWith(`| \`sysvm ${name}`))
      .join('\n')
    for (const word of [...subcommands, ...Object.keys(options).map((option) => `--${option}`)]) {
      expect(rows, `sysvm ${name}`).toContain(word)
    }
  }
})

test('the reference lists exactly the exit codes there are', () => {
  const listed = [...page.matchAll(/^\| (\d) \|/gm)].map((match) => Number(match[1]))
  expect(listed).toEqual(Object.values(exits))
})
