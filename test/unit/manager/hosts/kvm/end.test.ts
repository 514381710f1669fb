import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { domainEnd } from '@sysvm/manager/hosts/kvm/end'
import { afterAll, beforeAll, expect, it } from 'vitest'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'domain-end-'))
  await mkdir(join(folder, 'qemu'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A process with the words of a domain's, and its number as libvirt writes it. */
const domain = async (name: string, words: string) => {
  const child = spawn('sh', ['-c', 'echo; sleep 30; :', 'qemu', '-name', words], { detached: true })
  await once(child.stdout, 'data')
  await writeFile(join(folder, 'qemu', `${name}.pid`), String(child.pid))
  const ended = once(child, 'exit')
  return {
    ended,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid ?? 0), 'SIGKILL')
      await ended
    },
  }
}

const end = (name: string) =>
  spawnSync('sh', ['-c', domainEnd.kill.replaceAll('/run/libvirt', folder), 'sh', '/none', name]).stderr.toString()

it('kills the process of a domain whose number libvirt wrote down', async () => {
  await using machine = await domain('r-1-VM', 'guest=r-1-VM,debug-threads=on')
  expect(end('r-1-VM')).toBe('')
  expect(await machine.ended).toEqual([null, 'SIGKILL'])
})

it('kills no other that has its number now, and needs none', async () => {
  await using other = await domain('r-1-VM', 'guest=r-12-VM,debug-threads=on')
  expect([end('r-1-VM'), end('r-2-VM')]).toEqual(['', ''])
  const pause = new Promise((resolve) => setTimeout(resolve, 200, 'lives'))
  expect(await Promise.race([other.ended, pause])).toBe('lives')
})
