import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('make alone prints every target', () => {
  const printed = execFileSync('make', ['-s'], { cwd: join(import.meta.dirname, '../../..'), encoding: 'utf8' })
  const targets = [...printed.matchAll(/^ {2}([a-z-]+) +\S/gm)].map((line) => line[1])
  for (const target of ['up', 'down', 'test', 'lint', 'image', 'bench', 'test-unit', 'test-lab', 'test-vm']) {
    expect(targets).toContain(target)
  }
})
