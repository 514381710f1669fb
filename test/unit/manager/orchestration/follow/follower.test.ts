import { setTimeout as sleep } from 'node:timers/promises'
import { type AgentEvent, HEARTBEAT } from '@sysvm/agent/api'
import type { Consumer } from '@sysvm/manager/orchestration/follow/consumer'
import { follow } from '@sysvm/manager/orchestration/follow/follower'
import type { ControlClient, World } from '@sysvm/manager/orchestration/world'
import { expect, it, vi } from 'vitest'

vi.mock('../../../../../manager/orchestration/hosts.ts', () => ({ driverOf: async () => ({}) }))

const SILENT_MS = 100
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const router = { id: 'r1', host: 'h1', linklocal: '169.254.1.1', host_key_public: 'key', revision: 1 }
const eventOf = (id: number, type: string): AgentEvent => ({ id, at: '', type, data: {} })

it('does not take a router for silent while somebody is busy with what it told', async () => {
  const told: string[] = []
  let opened = 0
  async function* events({ signal }: { readonly signal: AbortSignal }): AsyncGenerator<AgentEvent> {
    yield eventOf(0, HEARTBEAT)
    yield eventOf(1, 'redundancy')
    yield eventOf(2, 'other')
    for (;;) {
      await sleep(5, undefined, { signal })
      yield eventOf(2, HEARTBEAT)
    }
  }
  const client: ControlClient = { request: () => Promise.reject(new Error('unused')), events, close: async () => {} }
  const world = {
    log,
    keys: { sshPrivate: '' },
    openControl: async () => {
      opened++
      return client
    },
    settings: { follow: { roundMs: 1, silentMs: SILENT_MS, readMs: 60_000, againMs: [1, 1] } },
  } as unknown as World
  const consumer: Consumer = {
    types: new Set(['redundancy']),
    wanted: async () => ['r1'],
    // As of one whose other router does not answer.
    read: async () => {
      await sleep(SILENT_MS * 3)
      told.push('read')
    },
    heard: async (_, __, { type }) => {
      await sleep(SILENT_MS * 3)
      told.push(type)
    },
    silent: async () => void told.push('silent'),
  }
  const turns = <T>(_: string, __: boolean, connect: () => Promise<T>) => connect()
  const follower = follow(world, turns, router, new Set([consumer]))
  while (told.length < 2) await sleep(5)
  await follower.stop()
  expect(told).toEqual(['read', 'redundancy'])
  expect(opened).toBe(1)
})
