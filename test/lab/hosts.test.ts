import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type HostConnection, openConnection, openHost } from '@sysvm/manager/hosts'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLab, type EmulatedHost, type Lab, makeKeys, type Namespace, until } from './index.ts'

const failure = (code: string) => expect.objectContaining({ code })

let lab: Lab
let core: Namespace
let host: EmulatedHost
beforeAll(async () => {
  lab = await createLab('hosts')
  core = await lab.namespace('core')
  await core.bridge('br0', { address: '10.9.0.1/24', mtu: 1600 })
  host = await lab.host('h1', { core: { at: core, bridge: 'br0' }, address: '10.9.0.11/24', ssh: true })
})
afterAll(async () => lab?.[Symbol.asyncDispose]())

/** The same for every way to reach a host. */
describe.each(['ssh', 'local'] as const)('a connection by %s', (kind) => {
  let connection: HostConnection
  beforeAll(() => {
    const url = kind === 'ssh' ? host.url : `local:?pid=${host.pid}`
    connection = openConnection(url, host.options(core))
  })
  afterAll(() => connection.close())

  test('is on the host: its network, its mounts', async () => {
    expect((await connection.run(['ip', '-brief', 'address', 'show', 'core0'])).stdout).toContain('10.9.0.11/24')
    expect((await connection.run(['stat', '-f', '-c', '%T', '/run/netns'])).stdout).toBe('tmpfs\n')
  })

  test('passes words exactly as they are', async () => {
    const word = fc.string({ unit: 'binary' }).filter((one) => !one.includes('\0') && one.isWellFormed())
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 10 }), async (words) => {
        const { stdout } = await connection.run(['printf', '%s\\0', ...words])
        expect(stdout.split('\0').slice(0, -1)).toEqual(words)
      }),
      { numRuns: 20 },
    )
  })

  test('passes a megabyte of input and gets it back', async () => {
    const input = 'sysvm '.repeat(200_000)
    expect((await connection.run(['cat'], { input })).stdout).toBe(input)
  })

  test('tells how a command failed', async () => {
    const error = await connection.run(['sh', '-c', 'seq 9 >&2; exit 7']).catch((thrown) => thrown)
    expect(error).toEqual(failure('SYSVM_COMMAND_FAILED'))
    expect(error.details).toMatchObject({ exitCode: 7, stderr: '5\n6\n7\n8\n9' })
    await expect(connection.run(['no-such-program'])).rejects.toEqual(failure('SYSVM_COMMAND_FAILED'))
  })

  test('stops a command that takes too long or prints too much, on the host too', async () => {
    await expect(connection.run(['sleep', '777'], { timeoutMs: 300 })).rejects.toEqual(failure('SYSVM_TIMEOUT'))
    await expect(connection.run(['yes'], { maxOutputBytes: 10_000 })).rejects.toEqual(failure('SYSVM_OUTPUT_LIMIT'))
    await until('they are gone', async () => {
      const { stdout } = await host.connection.run(['ps', 'axo', 'args'])
      return !/^(sleep 777|yes)$/m.test(stdout)
    })
  })

  test('writes files whole, with their mode, and reads them', async () => {
    const path = `/var/lib/sysvm/${kind} folder/it's by ${kind}`
    expect(await connection.readFile(path)).toBeUndefined()
    await connection.writeFile(path, 'secret', 0o600)
    expect(Buffer.from((await connection.readFile(path)) ?? []).toString()).toBe('secret')
    await connection.writeFile(path, new Uint8Array([0, 255, 10]))
    expect([...((await connection.readFile(path)) ?? [])]).toEqual([0, 255, 10])
    const { stdout } = await connection.run(['sh', '-c', 'stat -c %a "$1"; ls "$(dirname "$1")"', 'sh', path])
    expect(stdout).toBe(`644\nit's by ${kind}\n`)
  })

  test('uploads a file of some size', async () => {
    const local = join(lab.directory, `upload-${kind}`)
    await writeFile(local, Buffer.alloc(5_000_000, 'sysvm'))
    await connection.upload(local, '/var/lib/sysvm/uploaded')
    const sums = await connection.run(['sha256sum', '/var/lib/sysvm/uploaded', local])
    const [remote, here] = sums.stdout.split('\n').map((line) => line.split(' ')[0])
    expect(remote).toBe(here)
  })

  test('opens TCP and unix streams there', async () => {
    const tcp = await host.namespace.listen('127.0.0.1', 7000 + (kind === 'ssh' ? 0 : 1))
    tcp.on('connection', (socket) => socket.end('from the host'))
    const { port } = tcp.address() as { port: number }
    expect(await text(await connection.connect({ host: '127.0.0.1', port }))).toBe('from the host')
    tcp.close()
    await expect(connection.connect({ host: '127.0.0.1', port })).rejects.toEqual(failure('SYSVM_HOST_CONNECT'))

    await mkdir(join(lab.directory, 'h1/sysvm'), { recursive: true })
    const unix = createServer((socket) => socket.end('from the socket'))
    await new Promise<void>((resolve) => unix.listen(join(lab.directory, `h1/sysvm/${kind}.sock`), resolve))
    expect(await text(await connection.connect({ path: `/var/lib/sysvm/${kind}.sock` }))).toBe('from the socket')
    unix.close()
    await expect(connection.connect({ path: '/var/lib/sysvm/none' })).rejects.toEqual(failure('SYSVM_HOST_CONNECT'))
  })
})

describe('a host over SSH', () => {
  const connections = async (): Promise<number> => {
    const { stdout } = await host.connection.run(['ss', '-Htn', 'state', 'established', 'sport = :22'])
    return stdout.split('\n').filter((line) => line !== '').length
  }

  test('with another host key is refused before anything is sent', async () => {
    const other = makeKeys(lab.directory, 'other')
    const connection = openConnection(host.url, { ...host.options(core), hostKey: other.fingerprint })
    const error = await connection.run(['true']).catch((thrown) => thrown)
    expect(error).toEqual(failure('SYSVM_HOST_KEY_MISMATCH'))
    expect(error.details).toEqual({
      host: 'root@10.9.0.11:22',
      pinned: other.fingerprint,
      shown: host.hostKey.fingerprint,
    })
    await connection.close()
  })

  test('that does not know our key says so', async () => {
    const { privateKey } = makeKeys(lab.directory, 'stranger')
    const connection = openConnection(host.url, { ...host.options(core), privateKey })
    await expect(connection.run(['true'])).rejects.toEqual(failure('SYSVM_HOST_AUTH'))
    await connection.close()
  })

  test('that does not answer is unreachable', async () => {
    const connection = openConnection('ssh://root@10.9.0.11:2222', host.options(core))
    await expect(connection.run(['true'])).rejects.toEqual(failure('SYSVM_HOST_UNREACHABLE'))
    await connection.close()
  })

  test('runs many commands at once over one connection, more than its sshd allows sessions by default', async () => {
    const connection = openConnection(host.url, host.options(core))
    const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => connection.run(['echo', String(n)])))
    expect(answers.map(({ stdout }) => stdout.trim())).toEqual(Array.from({ length: 60 }, (_, n) => String(n)))
    expect(await connections()).toBe(1)
    await connection.close()
  })

  test('answers while more is carried to it than its sshd allows sessions, each in both directions', async () => {
    const connection = openConnection(host.url, host.options(core))
    const long = ['sh', '-c', 'echo ready; read -r word; echo "$word"'] as const
    const programs = await Promise.all(Array.from({ length: 30 }, () => connection.open(long, { timeoutMs: 600_000 })))
    const slow = Array.from({ length: 12 }, (_, n) =>
      connection.run(['sh', '-c', 'until [ -e "$1" ]; do sleep 0.1; done; echo "$2"', 'sh', '/root/go', String(n)], {
        timeoutMs: 600_000,
      }),
    )
    const quick = await Promise.all(Array.from({ length: 20 }, (_, n) => connection.run(['echo', String(n)])))
    expect(quick.map(({ stdout }) => stdout.trim())).toEqual(Array.from({ length: 20 }, (_, n) => String(n)))
    await connection.run(['touch', '/root/go'])
    expect((await Promise.all(slow)).map(({ stdout }) => stdout.trim())).toEqual(
      Array.from({ length: 12 }, (_, n) => String(n)),
    )
    for (const { stdin, stdout, ended } of programs) {
      stdin.end('carried\n')
      expect(await text(stdout)).toBe('ready\ncarried\n')
      await ended
    }
    // What nothing is carried over is not kept.
    await until('one connection is left', async () => (await connections()) === 1)
    const left = await connection.open(['sleep', '600'], { timeoutMs: 600_000 })
    await connection.close()
    await expect(left.ended).rejects.toEqual(failure('SYSVM_HOST_UNREACHABLE'))
    await until('none is left', async () => (await connections()) === 0)
  })

  test('is dialled again after its connection broke; what ran then is not called done', async () => {
    const connection = openConnection(host.url, host.options(core))
    const broken = expect(connection.run(['sleep', '20'])).rejects.toEqual(failure('SYSVM_HOST_UNREACHABLE'))
    const sessions = () => host.connection.run(['pgrep', '-f', '^sshd: root@notty'])
    await until('the command runs', async () => (await sessions()).stdout !== '')
    await host.connection.run(['pkill', '-KILL', '-f', '^sshd: root@notty'])
    await broken
    expect((await connection.run(['echo', 'again'])).stdout).toBe('again\n')
    await connection.close()
    await expect(connection.run(['true'])).rejects.toEqual(failure('SYSVM_HOST_UNREACHABLE'))
  })
})

test('a host that lacks things is told all of them in one message', async () => {
  const bare = openHost(`local:?pid=${host.pid}`, { driver: 'kvm' })
  const error = await bare.inventory().catch((thrown) => thrown)
  expect(error).toEqual(failure('SYSVM_HOST_REQUIREMENTS'))
  expect(error.message).toMatch(/libvirt daemon/)
  await host.connection.run([
    'sh',
    '-c',
    'for one in zstd systemd-nspawn; do mount --bind /dev/null /usr/bin/$one; done',
  ])
  const container = openHost(`local:?pid=${host.pid}`, { driver: 'container' })
  await expect(container.inventory()).rejects.toThrow(/systemd-nspawn.*zstd/)
  await bare.close()
  await container.close()
})
