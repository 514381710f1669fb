import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unifiedDiff } from '@sysvm/agent/commit/unified-diff'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'agent-diff-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

it('writes what diff -u writes', () => {
  expect(unifiedDiff('dns/dnsmasq.conf', 'a\nb\nc\nd\ne\nf\ng\nh\n', 'a\nb\nc\nd\nE\nf\ng\nh\n')).toBe(
    '--- a/dns/dnsmasq.conf\n+++ b/dns/dnsmasq.conf\n@@ -2,7 +2,7 @@\n b\n c\n d\n-e\n+E\n f\n g\n h\n',
  )
  expect(unifiedDiff('x', undefined, 'new\n')).toBe('--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+new\n')
  expect(unifiedDiff('x', 'old\n', undefined)).toBe('--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-old\n')
  expect(unifiedDiff('x', 'same\n', 'same\n')).toBe('')
})

it('is applied by patch(1) to give the new text, whatever the texts', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', '{', '}'), { maxLength: 30 })
    .map((lines) => lines.map((line) => `${line}\n`).join(''))
  fc.assert(
    fc.property(text, text, (before, after) => {
      fc.pre(before !== after && before !== '' && after !== '')
      const file = join(folder, 'text')
      writeFileSync(file, before)
      const patched = spawnSync('patch', ['-s', '-o', '-', file], { input: unifiedDiff('text', before, after) })
      expect(patched.stdout.toString()).toBe(after)
    }),
    { numRuns: 60 },
  )
})
