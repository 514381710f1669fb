import { chmod, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { openControlClient } from '@sysvm/manager/hosts/control'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLab, type Lab, makeKeys, type Namespace, type SshKeys, until } from './index.ts'

const failure = (code: string, more: object = {}) => expect.objectContaining({ code, ...more })

let lab: Lab
let machine: Namespace
let manager: SshKeys
let hostKey: SshKeys
const driver = { openControl: (address: string) => machine.connect(address, 3922) }
const options = () => ({ address: '169.254.9.9', hostKey: hostKey.publicKey, privateKey: manager.privateKey })

/** A machine as the control client sees it: sshd on its control address and an agent on a unix socket. */
beforeAll(async () => {
  lab = await createLab('control')
  machine = await lab.namespace('machine')
  await machine.bridge('eth0', { address: '169.254.9.9/16' })
  manager = makeKeys(lab.directory, 'manager')
  hostKey = makeKeys(lab.directory, 'host')
  const socket = join(lab.directory, 'agent.sock')
  const agent = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    const json = (status: number, value: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(value))
    }
    if (request.url === '/v1/echo')
      json(200, { method: request.method, signature: request.headers['sysvm-signature'], body })
    else if (request.url === '/v1/metrics') response.end('sysvm_up 1\n')
    else if (request.url === '/v1/refused')
      json(422, {
        error: { code: 'SYSVM_SPEC_INVALID', message: 'no', details: { path: 'a' }, failure: { step: 'validate' } },
      })
    else if (request.url === '/v1/newer') json(500, { error: { code: 'SYSVM_FROM_THE_FUTURE', message: 'new' } })
    else if (request.url === '/v1/broken') response.writeHead(502).end('<html>')
    else if (request.url === '/v1/cut') request.socket.destroy()
    else if (request.url === '/v1/large') json(200, 'x'.repeat(17 * 1024 * 1024))
    // Anything else is never answered.
  })
  await new Promise<void>((resolve) => agent.listen(socket, resolve))
  lab.defer(() => agent.close())
  await writeFile(join(lab.directory, 'keys'), `${manager.publicKey}\n`)
  const config = join(lab.directory, 'sshd_config')
  await writeFile(
    config,
    `ListenAddress 169.254.9.9\nPort 3922\nHostKey ${hostKey.file}\nAuthorizedKeysFile ${lab.directory}/keys\n` +
      'PidFile none\nUsePAM no\nStrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n',
  )
  await chmod(socket, 0o666)
  // The user, the socket's folder and sshd's own are the machine's, not this one's.
  const script = `set -e
mkdir -p /run/sshd; mount -t tmpfs tmpfs /run; mkdir -p /run/sshd /run/sysvm
mount --bind "$1" /run/sysvm
cp /etc/passwd /run/passwd; echo 'control:x:64900:65534::/nonexistent:/bin/sh' >>/run/passwd; mount --bind /run/passwd /etc/passwd
cp /etc/shadow /run/shadow; echo 'control:*:1::::::' >>/run/shadow; mount --bind /run/shadow /etc/shadow
exec /usr/sbin/sshd -D -e -f "$2"`
  const sshd = await machine.spawn(['unshare', '--mount', 'sh', '-c', script, 'sh', lab.directory, config])
  await chmod(lab.directory, 0o755)
  await until('sshd listens', async () => {
    if (sshd.child.exitCode !== null) throw new Error(sshd.output())
    const probe = await driver.openControl('169.254.9.9')
    probe.destroy()
    return true
  })
})
afterAll(async () => lab?.[Symbol.asyncDispose]())

test('speaks HTTP with the agent: JSON, raw bodies that keep their signature, text', async () => {
  await using control = await openControlClient(driver, options())
  const raw = '{ "generation" : 1 }'
  const answer = await control.request('PUT', '/v1/echo', { body: raw, headers: { 'sysvm-signature': 'c2ln' } })
  expect(answer).toEqual({ method: 'PUT', signature: 'c2ln', body: raw })
  expect(await control.request('POST', '/v1/echo', { body: { generation: 1 } })).toMatchObject({
    body: '{"generation":1}',
  })
  expect(await control.request('GET', '/v1/metrics')).toBe('sysvm_up 1\n')
})

test('many requests at once share one connection', async () => {
  await using control = await openControlClient(driver, options())
  const bodies = Array.from({ length: 30 }, (_, n) => `${n}-${'x'.repeat(50_000)}`)
  const answers = await Promise.all(
    bodies.map((body) => control.request<{ body: string }>('POST', '/v1/echo', { body })),
  )
  expect(answers.map(({ body }) => body)).toEqual(bodies)
})

test("a refusal carries the agent's code and failure", async () => {
  await using control = await openControlClient(driver, options())
  await expect(control.request('PUT', '/v1/refused')).rejects.toEqual(
    failure('SYSVM_SPEC_INVALID', {
      message: 'no',
      details: { path: 'a', failure: { step: 'validate' }, status: 422 },
    }),
  )
  await expect(control.request('GET', '/v1/newer')).rejects.toEqual(
    failure('SYSVM_CONTROL_ANSWER', { message: 'new', details: { code: 'SYSVM_FROM_THE_FUTURE', status: 500 } }),
  )
})

test('answers that make no sense, come too late, break off or never end are told apart', async () => {
  await using control = await openControlClient(driver, options())
  await expect(control.request('GET', '/v1/broken')).rejects.toEqual(failure('SYSVM_CONTROL_ANSWER'))
  await expect(control.request('GET', '/v1/large')).rejects.toEqual(failure('SYSVM_CONTROL_ANSWER'))
  await expect(control.request('GET', '/v1/cut')).rejects.toEqual(failure('SYSVM_HOST_UNREACHABLE'))
  await expect(control.request('GET', '/v1/never', { timeoutMs: 200 })).rejects.toEqual(failure('SYSVM_TIMEOUT'))
  expect(await control.request('GET', '/v1/metrics')).toBe('sysvm_up 1\n')
})

test('a machine with another key, or that does not know us, is refused', async () => {
  const other = makeKeys(lab.directory, 'other')
  await expect(openControlClient(driver, { ...options(), hostKey: other.publicKey })).rejects.toEqual(
    failure('SYSVM_HOST_KEY_MISMATCH'),
  )
  await expect(openControlClient(driver, { ...options(), privateKey: other.privateKey })).rejects.toEqual(
    failure('SYSVM_HOST_AUTH'),
  )
  await expect(openControlClient(driver, { ...options(), address: '169.254.9.10' })).rejects.toEqual(
    failure('SYSVM_HOST_UNREACHABLE'),
  )
})
