import { generateKeyPairSync, sign } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Drift, Health } from '@sysvm/agent/api'
import { forgetConnections } from '@sysvm/manager/orchestration/router/kept'
import { patchRouter } from '@sysvm/manager/orchestration/router/patch'
import { defaultSettings, type World } from '@sysvm/manager/orchestration/world'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLab, type Lab, type LabProcess, type Namespace, until } from '../lab/index.ts'
import { startRouter, type TestRouter } from './agent/container.ts'
import { afterStart, confirmFirmware, firmwareWith, imageOf, PLATFORM, sendFirmware } from './agent/firmware.ts'
import { agentPid, inside } from './agent/inside.ts'

// One router under traffic for all: nothing that a test does to its firmware may cost one packet.
let lab: Lab
let router: TestRouter
let guest: Namespace
let pings: LabProcess
let flow: { readonly echoed: () => number; readonly sent: () => number; readonly ended: () => boolean; stop(): void }

/** A connection through the router that says something all the time and hears it again. */
const talk = async (): Promise<typeof flow> => {
  const server = await router.host.listen('198.51.100.1', 7000)
  server.on('connection', (socket) => socket.on('error', () => undefined).pipe(socket))
  const socket = await guest.connect('198.51.100.1', 7000)
  const [word, count] = ['sysvm-patch;', { sent: 0, echoed: 0, ended: false }]
  socket.on('data', (chunk) => {
    count.echoed += chunk.length
  })
  for (const event of ['error', 'close']) socket.on(event, () => Object.assign(count, { ended: true }))
  const timer = setInterval(() => {
    count.sent += word.length
    socket.write(word)
  }, 20)
  const stop = (): void => {
    clearInterval(timer)
    socket.destroy()
    server.close()
  }
  return { echoed: () => count.echoed, sent: () => count.sent, ended: () => count.ended, stop }
}

beforeAll(async () => {
  lab = await createLab('agent-patch')
  router = await startRouter(lab)
  guest = await lab.namespace('guest')
  await lab.link(
    { at: guest, device: 'eth0', address: '10.1.1.1/16' },
    { at: router.host, device: 'g0', bridge: 'guest' },
  )
  await guest.route('default', '10.1.0.1')
  await router.ready()
  await router.commit(router.spec(1))
  await until('the guest gets out', () => guest.exec(['ping', '-c', '1', '-W', '1', '198.51.100.1']).then(() => true))
  pings = await guest.spawn(['ping', '-n', '-i', '0.05', '-W', '20', '198.51.100.1'])
  flow = await talk()
})
afterAll(async () => {
  flow?.stop()
  await lab[Symbol.asyncDispose]()
})

type Patching = Parameters<typeof patchRouter>[2]

/** The kernel, the daemons and the agent's own comparison: all in the one generation, and well. */
const expectServing = async (generation = 1): Promise<void> => {
  await using control = await router.connect(20_000)
  expect(await control.request<Drift>('GET', '/v1/drift')).toEqual({ generation, differences: [] })
  // Metadata is the one service that starts anew.
  await until('all of it is well', async () => (await control.request<Health>('GET', '/v1/health')).healthy)
}

/** When each unit's program was started: of those that carry or serve traffic none may be another. */
const dataPlane = (): Promise<string> =>
  inside(router, 'systemctl', 'show', '-p', 'Id,MainPID', 'sysvm-dnsmasq@eth1.service', 'sysvm-kea-dhcp4.service')

const metadataPid = (): Promise<string> =>
  inside(router, 'systemctl', 'show', '-p', 'MainPID', '--value', 'sysvm-metadata.service')

const first = firmwareWith('// the first')

describe('firmware that works', () => {
  it('is run instead of the other, once it is confirmed over a new connection', async () => {
    const [daemons, metadata] = [await dataPlane(), await metadataPid()]
    const { id, state } = await sendFirmware(router, first)
    expect(state).toBe('staged')
    const { patch } = await afterStart(router)
    expect(patch).toEqual({ running: { id, image: imageOf(first), trial: true }, staged: null, failed: null })
    expect((await confirmFirmware(router, id)).patch.running).toMatchObject({ id, trial: false })
    await expectServing()
    expect(await dataPlane()).toBe(daemons)
    expect(await metadataPid()).not.toBe(metadata)
  })

  it('is not started anew when it is sent again, unless that is asked for', async () => {
    const pid = await agentPid(router)
    const { id, state } = await sendFirmware(router, first)
    expect(state).toBe('confirmed')
    expect(await agentPid(router)).toBe(pid)
    expect(await sendFirmware(router, first, { again: true })).toEqual({ id, state: 'staged' })
    expect((await afterStart(router)).patch.running).toMatchObject({ id, trial: true })
    expect(await agentPid(router)).not.toBe(pid)
    await confirmFirmware(router, id)
  })

  it('is carried by the manager over its control connection', async () => {
    const bundle = firmwareWith('// by the manager')
    const image = imageOf(bundle)
    const recorded: unknown[] = []
    const update = {
      set: (values: unknown) => {
        recorded.push(values)
        return update
      },
      where: () => update,
      returningAll: () => update,
      executeTakeFirstOrThrow: async () => row,
    }
    const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
    const world = {
      ...{ log: quiet, keys: { sign: router.sign }, settings: defaultSettings, at: async () => {} },
      openControl: () => router.connect(20_000),
      firmwareOf: async () => ({ platform: PLATFORM, bundle }),
      db: { updateTable: () => update },
    } as unknown as World
    const row = { id: 'router', number: process.pid, next_firmware: image, patch_forced: false } as unknown as Patching
    const { status, failure } = await patchRouter(world, router.driver, row, await router.ready())
    expect(failure).toBeUndefined()
    expect(status.patch.running).toMatchObject({ image, trial: false })
    expect(recorded).toMatchObject([{ image, spec_sha256: null }])
    await forgetConnections(world)
  })

  it('is not left with one that cannot read its spec', async () => {
    const bundle = firmwareWith(
      '{ const { parse } = JSON; JSON.parse = (...text) => { const json = parse(...text); if (json?.services) json.version = 99; return json } }',
    )
    const { patch: before } = await router.ready()
    const { id } = await sendFirmware(router, bundle)
    await afterStart(router)
    await expect(confirmFirmware(router, id)).rejects.toMatchObject({ code: 'SYSVM_FIRMWARE_INVALID' })
    const after = await until('it is taken back', async () => {
      const { patch } = await router.ready()
      return patch.failed?.id === id && patch
    })
    expect(after.running).toEqual(before.running)
    await expectServing()
  })

  it('knows what the one before has rendered, and changes only what differs with the next commit', async () => {
    await router.commit(router.spec(2))
    await expectServing(2)
  })
})

describe('firmware that does not', () => {
  it.for([
    ['ends', "throw new Error('broken')"],
    ['hangs', 'for(;;);'],
    ['nobody confirms', '// well, but alone'],
  ] as const)('%s: the machine goes back by itself', async ([, line]) => {
    const { patch: before } = await router.ready()
    const { id } = await sendFirmware(router, firmwareWith(line), { seal: { confirmSeconds: 2 } })
    const after = await until('it is taken back', async () => {
      const { patch } = await router.ready()
      return patch.failed?.id === id && patch
    })
    expect(after).toMatchObject({ running: before.running, staged: null })
    await expectServing(2)
  })

  it('is not even kept when the manager of this machine did not seal it for this machine', async () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const foreign = (body: Uint8Array) => sign(null, body, privateKey).toString('base64')
    const other = firmwareWith('// from elsewhere')
    const pid = await agentPid(router)
    const refused = (sending: Parameters<typeof sendFirmware>[2], code: string) =>
      expect(sendFirmware(router, other, sending)).rejects.toMatchObject({ code })
    await refused({ sign: foreign }, 'SYSVM_FIRMWARE_SIGNATURE')
    await refused({ seal: { machine: 'r-9-VM' } }, 'SYSVM_FIRMWARE_INVALID')
    await refused({ seal: { platform: '0'.repeat(64) } }, 'SYSVM_FIRMWARE_INVALID')
    await refused({ seal: { sha256: '0'.repeat(64) } }, 'SYSVM_FIRMWARE_INVALID')
    expect(await agentPid(router)).toBe(pid)
    expect((await inside(router, 'ls', '/var/lib/sysvm/firmware')).match(/^[0-9a-f]{64}.*$/gm)).toHaveLength(1)
  })
})

/** Whatever was cut: one whole firmware runs, and the same command leads to the new one. */
const expectOneOf = async (former: string, bundle: Buffer): Promise<void> => {
  const { patch } = await afterStart(router)
  expect([former, imageOf(bundle)]).toContain(patch.running?.image)
  const { id, state } = await sendFirmware(router, bundle)
  if (state === 'staged') await afterStart(router)
  expect((await confirmFirmware(router, id)).patch.running).toEqual({ id, image: imageOf(bundle), trial: false })
  await expectServing(2)
}

it('the agent killed at any time leaves the old one or the new one', async () => {
  let former = (await router.ready()).patch.running?.image ?? ''
  for (const delay of [5, 250, 900]) {
    const bundle = firmwareWith(`// cut after ${delay}`)
    const sent = sendFirmware(router, bundle)
      .then(async ({ id }) => {
        await afterStart(router)
        await confirmFirmware(router, id)
      })
      .catch(() => undefined)
    await sleep(delay)
    const pid = await agentPid(router)
    if (pid !== undefined) process.kill(pid, 'SIGKILL')
    await sent
    await expectOneOf(former, bundle)
    former = imageOf(bundle)
  }
})

it('cost neither a ping nor a byte', async () => {
  expect(flow.ended()).toBe(false)
  const sent = flow.sent()
  await until('all has come back', () => flow.echoed() >= sent)
  await pings.stop('SIGINT')
  expect(pings.output()).toMatch(/^(\d+) packets transmitted, \1 received, 0% packet loss/m)
})

it('is what the machine boots with: the confirmed one, never one on trial', async () => {
  const { patch: before } = await router.ready()
  await sendFirmware(router, firmwareWith('// on trial'))
  expect((await afterStart(router)).patch.running?.trial).toBe(true)
  await router.driver.stopMachine(router.machine.name)
  await router.driver.ensureMachine(router.machine)
  expect((await router.ready()).patch.running).toEqual(before.running)
  await expectServing(2)
})
