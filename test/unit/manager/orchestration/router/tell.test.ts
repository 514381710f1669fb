import { createHash } from 'node:crypto'
import { applyEdits, type Json, SpecDifference } from '@sysvm/agent/spec/difference'
import { type ErrorCode, SysvmError } from '@sysvm/errors'
import { rememberTold, tellSpec } from '@sysvm/manager/orchestration/router/tell'
import type { World } from '@sysvm/manager/orchestration/world'
import type { RouterSpec } from '@sysvm/router/spec'
import { expect, it } from 'vitest'
import { baseSpec } from '../../../appliances/router/whole.ts'

const specOf = (generation: number, count: number): RouterSpec => ({
  version: 1,
  generation,
  name: 'r-1-VM',
  role: 'router',
  services: {
    ...baseSpec,
    nat: {
      source: [],
      static: [],
      forwards: Array.from({ length: count }, (_, index) => ({
        ...{ id: `rule-${index}`, address: '198.51.100.5', protocol: 'tcp' as const },
        ...{ port: 1000 + index, guest: '10.1.1.10', guestPort: 80 },
      })),
    },
  },
})

/** The agent as far as it matters here: what it was sent, and what it is to answer. */
const createScene = () => {
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
  const world = { log, keys: { sign: () => 'signature' } } as unknown as World
  const sent: { readonly method: string; readonly body: string }[] = []
  const refuse = new Map<string, ErrorCode>()
  const client = {
    request: async <T>(method: string, _path: string, options?: { readonly body?: unknown }): Promise<T> => {
      sent.push({ method, body: String(options?.body) })
      const code = refuse.get(method)
      if (code !== undefined) throw new SysvmError(code, 'No.')
      return { state: 'pending' } as T
    },
  }
  const tell = async (spec: RouterSpec, confirmed: number | null): Promise<readonly string[]> => {
    const before = sent.length
    const { told } = await tellSpec(world, client, 'router', spec, confirmed)
    rememberTold(world, 'router', told)
    return sent.slice(before).map(({ method }) => method)
  }
  return { tell, sent, refuse }
}

it('tells the whole spec first, then differences that lead to the newest one', async () => {
  const { tell, sent } = createScene()
  expect(await tell(specOf(1, 200), null)).toEqual(['PUT'])
  expect(await tell(specOf(2, 201), 1)).toEqual(['PATCH'])
  expect(await tell(specOf(4, 150), 2)).toEqual(['PATCH'])
  let held = JSON.parse(sent[0]?.body ?? '') as Json
  let digest = createHash('sha256')
    .update(sent[0]?.body ?? '')
    .digest('hex')
  for (const { body } of sent.slice(1)) {
    const difference = SpecDifference.parse(JSON.parse(body))
    expect(difference.base.digest).toBe(digest)
    held = applyEdits(held, difference.edits)
    digest = difference.digest
  }
  expect(held).toEqual(specOf(4, 150))
  expect(sent[1]?.body.length).toBeLessThan(600)
})

it('tells the whole spec when another generation is confirmed than the one it remembers', async () => {
  const { tell } = createScene()
  await tell(specOf(1, 200), null)
  expect(await tell(specOf(3, 201), 2)).toEqual(['PUT'])
  expect(await tell(specOf(4, 201), null)).toEqual(['PUT'])
})

it.for<ErrorCode>(['SYSVM_SPEC_BASE', 'SYSVM_NOT_FOUND'])(
  'tells the whole spec when it is answered %s',
  async (code) => {
    const { tell, refuse } = createScene()
    await tell(specOf(1, 200), null)
    refuse.set('PATCH', code)
    expect(await tell(specOf(2, 201), 1)).toEqual(['PATCH', 'PUT'])
  },
)

it('hands on every other refusal', async () => {
  const { tell, refuse, sent } = createScene()
  await tell(specOf(1, 200), null)
  refuse.set('PATCH', 'SYSVM_CHECK_FAILED')
  await expect(tell(specOf(2, 201), 1)).rejects.toMatchObject({ code: 'SYSVM_CHECK_FAILED' })
  expect(sent.map(({ method }) => method)).toEqual(['PUT', 'PATCH'])
})

it('tells the whole spec where that is small, or where little of it stays', async () => {
  const { tell } = createScene()
  await tell(specOf(1, 2), null)
  expect(await tell(specOf(2, 3), 1)).toEqual(['PUT'])
  expect(await tell(specOf(3, 200), 2)).toEqual(['PUT'])
  expect(await tell(specOf(4, 600), 3)).toEqual(['PUT'])
})
