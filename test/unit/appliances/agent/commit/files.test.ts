import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLiveFiles } from '@sysvm/agent/commit/files'
import type { Generation } from '@sysvm/agent/commit/generation'
import type { RenderedFile } from '@sysvm/agent/service'
import { afterAll, beforeAll, expect, test } from 'vitest'

let run: string
beforeAll(async () => {
  run = await mkdtemp(join(tmpdir(), 'sysvm-files-'))
})
afterAll(() => rm(run, { recursive: true, force: true }))

const generationOf = (files: readonly RenderedFile[]): Generation => ({
  generation: 1,
  digest: '',
  json: {},
  spec: { version: 1, generation: 1, name: 'r-1-VM', role: 'router', services: {} },
  rendered: { some: { files } },
  ruleset: { tables: [] },
})

/** Name of the group this process may give files to. */
const ownGroup = async (): Promise<string> => {
  const line = (await readFile('/etc/group', 'utf8'))
    .split('\n')
    .find((entry) => entry.split(':')[2] === `${process.getgid?.()}`)
  return line?.split(':')[0] ?? ''
}

test('each file has the rights it was rendered with, and a secret none for others unless told', async () => {
  const group = await ownGroup()
  const folder = await openLiveFiles({ run, state: run }).write(
    generationOf([
      { path: 'some/open', text: '' },
      { path: 'some/secret', text: '', secret: true },
      { path: 'some/shared', text: '', secret: true, group },
      { path: 'some/told', text: '', mode: 0o400 },
    ]),
  )
  const rights = async (name: string) => {
    const { mode, gid } = await stat(`${folder}/some/${name}`)
    return { mode: (mode & 0o777).toString(8), gid }
  }
  const gid = process.getgid?.()
  expect(await rights('open')).toEqual({ mode: '644', gid })
  expect(await rights('secret')).toEqual({ mode: '600', gid })
  expect(await rights('shared')).toEqual({ mode: '640', gid })
  expect(await rights('told')).toEqual({ mode: '400', gid })
})

test('a file for a group that the machine lacks is not written for another', async () => {
  const file = { path: 'some/shared', text: 'secret', group: 'no-such-group' }
  await expect(openLiveFiles({ run, state: run }).write(generationOf([file]))).rejects.toMatchObject({
    code: 'SYSVM_STAGE_FAILED',
  })
})
