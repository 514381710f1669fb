import { readFileSync } from 'node:fs'
import * as library from 'haproxy-config'
import { expect, test } from 'vitest'

const readme = readFileSync(new URL('../../../../appliances/haproxy-config/README.md', import.meta.url), 'utf8')

test('the README lists every error code with its meaning, and no other', () => {
  const rows = [...readme.matchAll(/^\| `(HAPROXY_[A-Z_]+)` \| (.+) \|$/gm)].map(([, code, meaning]) => [code, meaning])
  expect(Object.fromEntries(rows)).toEqual(library.codes)
})

test('the README tells of every function', () => {
  const functions = Object.entries(library).flatMap(([name, value]) =>
    typeof value === 'function' && name !== 'HAProxyConfigError' ? [name] : [],
  )
  expect(functions.filter((name) => !readme.includes(`\`${name}(`))).toEqual([])
})
