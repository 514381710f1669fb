import { readFileSync } from 'node:fs'
import * as library from 'strongswan-ctl'
import { expect, test } from 'vitest'

const read = (path: string): string => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8')
const readme = read('appliances/strongswan-ctl/README.md')
const reference = read('docs/reference/strongswan-ctl.md')

test('the README lists every error code with its meaning, and no other', () => {
  const rows = [...readme.matchAll(/^\| `(VICI_[A-Z_]+)` \| (.+) \|$/gm)].map(([, code, meaning]) => [code, meaning])
  expect(Object.fromEntries(rows)).toEqual(library.codes)
})

test('the README tells of every function', () => {
  const functions = Object.entries(library).flatMap(([name, value]) =>
    typeof value === 'function' && name !== 'ViciError' ? [name] : [],
  )
  expect(functions.filter((name) => !readme.includes(`\`${name}(`))).toEqual([])
})

test('the reference tells of every command', () => {
  const nothing = {} as library.Connection
  const commands = Object.entries(library.createVici(nothing)).flatMap(([name, value]) =>
    typeof value === 'function' ? [name] : [],
  )
  expect(commands).toHaveLength(37)
  expect(commands.filter((name) => !reference.includes(`\`${name}\``))).toEqual([])
})
