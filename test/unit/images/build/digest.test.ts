import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inputsHash, sha256Folder } from '@sysvm/images/build/digest'
import { afterEach, beforeEach, expect, test } from 'vitest'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'img-digest-'))
  mkdirSync(join(folder, 'a'))
  writeFileSync(join(folder, 'a/one'), '1')
})
afterEach(() => rmSync(folder, { recursive: true }))

test('the hash of inputs depends on every name and value, not on their order', () => {
  expect(inputsHash({ a: '1', b: '2' })).toBe(inputsHash({ b: '2', a: '1' }))
  expect(inputsHash({ a: '1', b: '2' })).not.toBe(inputsHash({ a: '2', b: '1' }))
  expect(inputsHash({ a: '1' })).not.toBe(inputsHash({ a: '1', b: '' }))
})

test("a folder's digest sees content, names and the executable bit, but no umask", async () => {
  chmodSync(join(folder, 'a/one'), 0o644)
  const first = await sha256Folder(folder)
  chmodSync(join(folder, 'a/one'), 0o600)
  expect(await sha256Folder(folder)).toBe(first)
  chmodSync(join(folder, 'a/one'), 0o755)
  const executable = await sha256Folder(folder)
  expect(executable).not.toBe(first)
  writeFileSync(join(folder, 'a/one'), '2')
  expect(await sha256Folder(folder)).not.toBe(executable)
})
