import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SysvmError } from '@sysvm/errors'
import { type Fence, fencedConnection } from '@sysvm/manager/hosts/fence'
import { openLocal } from '@sysvm/manager/hosts/local'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from './until.ts'

const HOST = '8a4d3f0e-0000-4000-8000-000000000001'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fence-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A manager's hand on the host: what it believes to be its epoch, and what it learns when it asks again. */
const manager = (epoch: number, renewed: () => Promise<number> = async () => epoch) => {
  const fence: Fence = { host: HOST, assure: async () => epoch, renew: renewed }
  return fencedConnection(openLocal(), fence, folder)
}

const seen = async (): Promise<string> => (await readFile(join(folder, 'fences', HOST), 'utf8')).trim()
const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

describe('a host', () => {
  it('remembers the highest epoch, obeys it and newer ones, and refuses older ones before they act', async () => {
    const mark = join(folder, 'mark')
    expect((await manager(7).run(['echo', 'hello'])).stdout).toBe('hello\n')
    expect(await seen()).toBe('7')
    await manager(9).run(['true'])
    await manager(9).run(['true'])
    expect(await seen()).toBe('9')
    await expect(manager(7).run(['touch', mark])).rejects.toMatchObject({
      code: 'SYSVM_FENCED',
      details: { host: HOST, epoch: 7 },
    })
    await expect(manager(7).writeFile(mark, 'old')).rejects.toMatchObject({ code: 'SYSVM_FENCED' })
    expect(await exists(mark)).toBe(false)
    expect(await seen()).toBe('9')
  })

  it('obeys one that is alive and has only not heard of the newer epoch yet', async () => {
    await manager(9).run(['true'])
    expect((await manager(7, async () => 9).run(['echo', 'alive'])).stdout).toBe('alive\n')
    const dead = async (): Promise<number> => {
      throw new SysvmError('SYSVM_FENCED', 'Others took over.')
    }
    await expect(manager(7, dead).run(['true'])).rejects.toMatchObject({ message: 'Others took over.' })
  })

  it('begins with a newer epoch when nothing of an older one is under way any more', async () => {
    const order = join(folder, 'order')
    const old = manager(1).run(['sh', '-c', 'echo begun >>"$1"; sleep 0.5; echo ended >>"$1"', 'sh', order])
    await until('the older command is under way', () => exists(order))
    await manager(2).run(['sh', '-c', 'echo newer >>"$1"', 'sh', order])
    await old
    expect(await readFile(order, 'utf8')).toBe('begun\nended\nnewer\n')
  })

  it('is not held by what a command leaves running', async () => {
    const left = join(folder, 'left')
    const program = 'setsid sh -c \'echo $$ >"$1"; exec sleep 600\' sh "$1" >/dev/null 2>&1 </dev/null &'
    await manager(1).run(['sh', '-c', program, 'sh', left])
    await until('it runs', async () => (await exists(left)) && (await readFile(left, 'utf8')) !== '')
    try {
      expect((await manager(2).run(['echo', 'free'])).stdout).toBe('free\n')
    } finally {
      process.kill(Number(await readFile(left, 'utf8')), 'SIGKILL')
    }
  })

  it('keeps order among many at once', async () => {
    const epochs = Array.from({ length: 12 }, (_, index) => 1 + (index % 4))
    const log = join(folder, 'log')
    const outcomes = await Promise.allSettled(
      epochs.map((epoch) => manager(epoch).run(['sh', '-c', 'echo "$2" >>"$1"', 'sh', log, String(epoch)])),
    )
    const done = (await readFile(log, 'utf8')).trim().split('\n').map(Number)
    expect(done).toEqual(done.toSorted((a, b) => a - b))
    expect(done).toHaveLength(outcomes.filter(({ status }) => status === 'fulfilled').length)
    expect(done.filter((epoch) => epoch === 4)).toHaveLength(3)
  })

  it('shows a command that fails as if there were no fence', async () => {
    await expect(manager(1).run(['sh', '-c', 'echo sad >&2; exit 3'])).rejects.toMatchObject({
      code: 'SYSVM_COMMAND_FAILED',
      message: 'sh ended with code 3: sad',
      details: { argv: ['sh', '-c', 'echo sad >&2; exit 3'], exitCode: 3 },
    })
    expect((await manager(1).run(['cat'], { input: 'given' })).stdout).toBe('given')
    await expect(manager(1).run(['sleep', '60'], { timeoutMs: 200 })).rejects.toMatchObject({
      code: 'SYSVM_TIMEOUT',
      details: { argv: ['sleep', '60'] },
    })
  })
})
