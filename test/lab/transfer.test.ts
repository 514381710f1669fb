import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { HostConnection, OpenProgram } from '@sysvm/manager/hosts/connection'
import { containerDriver } from '@sysvm/manager/hosts/container/driver'
import { fencedConnection } from '@sysvm/manager/hosts/fence'
import { openLocal } from '@sysvm/manager/hosts/local'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from './until.ts'

/** More than fits between two programs that do not read. */
const DISK_BYTES = 4 << 20

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'transfer-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const at = (host: string) => join(folder, host)
const disk = (host: string, name = 'i-2-7-VM') => join(at(host), 'machines', name, 'upper', 'disk')

const put = async (host: string, byte: string): Promise<void> => {
  await mkdir(join(disk(host), '..'), { recursive: true })
  await writeFile(disk(host), Buffer.alloc(DISK_BYTES, byte))
}

/** What a manager of this epoch does to a host; `opened`: before a stream of its begins, after its right to it was checked. */
const manager = (host: string, epoch: number, opened: () => Promise<void> = async () => {}) => {
  const local = openLocal()
  const slow: HostConnection = {
    ...local,
    open: async (argv, options) => {
      await opened()
      return local.open(argv, options)
    },
  }
  const fence = { host: 'h', assure: async () => epoch, renew: async () => epoch }
  return containerDriver(fencedConnection(slow, fence, at(host)), { stateDirectory: at(host) })
}

const exported = async (host: string, epoch: number): Promise<OpenProgram> => {
  const packed = await manager(host, epoch).exportMachine('i-2-7-VM')
  if (packed === undefined) throw new Error('the machine is there')
  return packed
}

/** What was packed, of which the first part comes, and the rest once `held` is over. */
const slowly = (packed: OpenProgram, held: Promise<void>): OpenProgram => {
  const parts = async function* () {
    for await (const chunk of packed.stdout) {
      yield chunk
      await held
    }
  }
  return { ...packed, stdout: Readable.from(parts()) }
}

const leftovers = (host: string) => readdir(join(at(host), 'incoming')).catch(() => [])

describe('a machine that is sent', () => {
  it('waits for no manager that stopped in the middle, and ends what that one reads', async () => {
    await put('a', 'x')
    const stuck = await exported('a', 1)
    const next = manager('a', 2)
    await next.stopMachine('i-2-7-VM', { forced: true })
    await manager('b', 2).importMachine('i-2-7-VM', await exported('a', 2))
    expect(await readFile(disk('b'))).toEqual(Buffer.alloc(DISK_BYTES, 'x'))
    await expect(stuck.ended).rejects.toMatchObject({ code: 'SYSVM_COMMAND_FAILED' })
    // The same when it is only deleted.
    const again = await exported('a', 2)
    await next.destroyMachine('i-2-7-VM')
    await expect(again.ended).rejects.toMatchObject({ code: 'SYSVM_COMMAND_FAILED' })
  })

  it('is not touched by a transfer of the past, however late that begins or ends', async () => {
    await put('a', 'x')
    const paused = Promise.withResolvers<void>()
    let begun = false
    const late = manager('b', 1, async () => {
      begun = true
      await paused.promise
    }).importMachine('i-2-7-VM', await exported('a', 1))
    await until('the right of the first one was checked', () => begun)

    await put('c', 'y')
    const held = Promise.withResolvers<void>()
    const coming = manager('b', 2).importMachine('i-2-7-VM', slowly(await exported('c', 2), held.promise))
    await until('the second one is under way', async () => (await leftovers('b')).length === 1)
    // The first one wakes up, in the middle of the second.
    paused.resolve()
    await expect(late).rejects.toMatchObject({ code: expect.stringMatching(/^SYSVM_/) })
    held.resolve()
    await coming
    expect(await readFile(disk('b'))).toEqual(Buffer.alloc(DISK_BYTES, 'y'))
    await until('nothing is left over', async () => (await leftovers('b')).length === 0)
  })

  it('leaves nothing where its stream broke, and what dead ones left goes with the next', async () => {
    await put('a', 'x')
    const packed = await exported('a', 1)
    const off = Promise.withResolvers<void>()
    const broken = manager('b', 1).importMachine('i-2-7-VM', slowly(packed, off.promise))
    await until('it is under way', async () => (await leftovers('b')).length === 1)
    // As at the death of its host.
    packed.stop()
    off.resolve()
    await expect(broken).rejects.toMatchObject({ code: expect.stringMatching(/^SYSVM_/) })
    expect(await leftovers('b')).toEqual([])
    await expect(stat(disk('b'))).rejects.toMatchObject({ code: 'ENOENT' })

    for (const name of ['i-2-7-VM.1', 'i-2-8-VM.2', 'i-2-9-VM.3']) await mkdir(join(at('b'), 'incoming', name))
    // One of its own, one of a machine that never came again, and one that came just now.
    await utimes(join(at('b'), 'incoming', 'i-2-8-VM.2'), 1, 1)
    await manager('b', 1).importMachine('i-2-7-VM', await exported('a', 1))
    expect(await leftovers('b')).toEqual(['i-2-9-VM.3'])
    expect(await readFile(disk('b'))).toEqual(Buffer.alloc(DISK_BYTES, 'x'))
  })
})
