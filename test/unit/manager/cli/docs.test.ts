import { globSync, readFileSync } from 'node:fs'
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

test('the index of the documentation links to every page, and every link leads to one', () => {
  const folder = join(import.meta.dirname, '../../../../docs')
  const index = readFileSync(join(folder, 'README.md'), 'utf8')
  const linked = [...index.matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1])
  const pages = globSync('*/*.md', { cwd: folder })
  expect(linked.toSorted()).toEqual(pages.toSorted())
})
