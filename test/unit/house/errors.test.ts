import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { codes } from '@sysvm/errors'
import { describe, expect, test } from 'vitest'

const top = join(import.meta.dirname, '../../..')
const read = (file: string): string => readFileSync(join(top, file), 'utf8')

describe('error codes', () => {
  const documented = [...read('docs/reference/errors.md').matchAll(/^\| `(SYSVM_[A-Z0-9_]+)` \|/gm)].map(
    (row) => row[1],
  )

  test('are documented, every one and no other, in order', () => {
    expect(documented).toEqual(Object.keys(codes).toSorted())
  })

  test('are all thrown somewhere', () => {
    const source = globSync('{appliances,images,manager}/**/*.ts', {
      cwd: top,
      exclude: (path) => /(^|\/)(node_modules|dist|out)(\/|$)/.test(String(path)),
    })
      .filter((file) => file !== 'appliances/errors/codes.ts')
      .map(read)
      .join('\n')
    expect(Object.keys(codes).filter((code) => !source.includes(`'${code}'`))).toEqual([])
  })
})
