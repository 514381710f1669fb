import { createHash } from 'node:crypto'
import type { Generation } from '@sysvm/agent/commit/generation'
import { planGeneration } from '@sysvm/agent/commit/plan'
import type { AnyService } from '@sysvm/agent/service'
import { expect, it } from 'vitest'

const service = { name: 'door', plan: () => [] } as unknown as AnyService
const generation = (text: string) =>
  ({
    generation: 1,
    spec: { services: {} },
    rendered: { door: { files: [{ path: 'door/key', text, secret: true }] } },
    ruleset: { tables: [] },
  }) as unknown as Generation

const diffOf = (before: string, after: string): string =>
  planGeneration([service], generation(before), generation(after)).files[0]?.diff ?? ''

it('tells that a secret file changed, and to nobody who guesses what it was', () => {
  const diff = diffOf('pin 1234', 'pin 4321')
  expect(diff).toMatch(/^-sha256:\w{16}\n\+sha256:\w{16}\n$/)
  expect(diffOf('pin 1234', 'pin 4321')).toBe(diff)
  expect(diffOf('pin 4321', 'pin 1234').split('\n')[0]?.slice(1)).toBe(diff.split('\n')[1]?.slice(1))
  for (const guess of ['pin 1234', 'pin 4321'])
    expect(diff).not.toContain(createHash('sha256').update(guess).digest('hex').slice(0, 16))
})
