import { type ConnectionConfig, createVici, type MessageInput, type PoolConfig } from 'strongswan-ctl'
import { describe, expect, test } from 'vitest'
import { openPeer, type Peer, settled } from '../client/peer.ts'

/** Asks and answers once. */
const ask = async <T>(peer: Peer, call: Promise<T>, command: string, answer: MessageInput): Promise<T> => {
  expect(await peer.received()).toBe(`cmd-request ${command}`)
  peer.answer(answer)
  return call
}

const sa = { uniqueid: 7, version: 2, state: 'ESTABLISHED' }
const child = { name: 'net', uniqueid: 1, reqid: 1, state: 'INSTALLED', mode: 'TUNNEL' }

describe('an answer', () => {
  test('has numbers and flags, and keeps what it is not known for', async () => {
    await using peer = await openPeer()
    const listed = createVici(peer.connection).listSas().toArray()
    await peer.received()
    peer.confirm()
    await peer.received()
    const one = { ...child, esn: 1, encap: true, 'bytes-in': 2n ** 40n, novel: ['x'] }
    peer.event('list-sa', { site: { ...sa, initiator: true, novel: 'x', 'child-sas': { 'net-1': one } } })
    peer.answer()
    expect(await listed).toEqual([
      {
        name: 'site',
        uniqueid: 7,
        version: 2,
        state: 'ESTABLISHED',
        initiator: true,
        novel: 'x',
        'child-sas': {
          'net-1': {
            name: 'net',
            uniqueid: 1,
            reqid: 1,
            state: 'INSTALLED',
            mode: 'TUNNEL',
            esn: true,
            encap: true,
            'bytes-in': 2 ** 40,
            novel: ['x'],
          },
        },
      },
    ])
  })

  test.each<[string, MessageInput, string]>([
    ['a field less', { site: { version: 2, state: 'ESTABLISHED' } }, 'no number at site.uniqueid'],
    ['a word for a number', { site: { ...sa, uniqueid: 'seven' } }, 'no number at site.uniqueid'],
    ['a list for a text', { site: { ...sa, 'remote-id': ['a'] } }, 'no text at site.remote-id'],
    ['a text for a list', { site: { ...sa, 'remote-vips': 'a' } }, 'no list at site.remote-vips'],
    ['a text for a section', { site: { ...sa, 'child-sas': 'a' } }, 'no section at site.child-sas'],
    ['nothing inside', { up: true }, 'no section at list-sa'],
    [
      'a child of another form',
      { site: { ...sa, 'child-sas': { 'net-1': { ...child, mode: {} } } } },
      'no text at site.child-sas.net-1.mode',
    ],
  ])('with %s fails, and its connection goes on', async (_, message, text) => {
    await using peer = await openPeer()
    const listed = createVici(peer.connection).listSas().toArray()
    await peer.received()
    peer.confirm()
    await peer.received()
    peer.event('list-sa', message)
    await expect(listed).rejects.toMatchObject({ code: 'VICI_MESSAGE', message: `charon's answer has ${text}` })
    peer.answer()
    expect(await peer.received()).toBe('event-unregister list-sa')
    peer.confirm()
    await settled(peer)
  })

  test('without a reason is a refusal all the same', async () => {
    await using peer = await openPeer()
    const vici = createVici(peer.connection)
    await expect(ask(peer, vici.clearCreds(), 'clear-creds', {})).rejects.toMatchObject({
      code: 'VICI_REFUSED',
      message: 'charon refused clear-creds: no reason given',
    })
    await expect(ask(peer, vici.rekey({ ike: 'x' }), 'rekey', { success: true })).rejects.toMatchObject({
      code: 'VICI_MESSAGE',
      message: "charon's answer has no number at rekey.matches",
    })
  })
})

describe('initiate', () => {
  test('is limited by what charon is given and what is usual besides', async () => {
    await using peer = await openPeer(5)
    const vici = createVici(peer.connection)
    const soon = vici.initiate({ child: 'net', timeout: 20 })
    await expect(soon).rejects.toMatchObject({ code: 'VICI_TIMEOUT', message: 'initiate got no answer within 25 ms' })
    await expect(vici.initiate({ child: 'net', timeout: -1 })).rejects.toMatchObject({
      message: 'initiate got no answer within 5 ms',
    })
    await expect(vici.initiate({ child: 'net' }, { timeoutMs: 1 })).rejects.toMatchObject({ code: 'VICI_TIMEOUT' })
  })

  test('goes on without a listener that throws', async () => {
    await using peer = await openPeer()
    const vici = createVici(peer.connection)
    const onLog = () => {
      throw new Error('mine')
    }
    const initiating = vici.initiate({ child: 'net' }, { onLog })
    expect(await peer.received()).toBe('event-register control-log')
    peer.confirm()
    expect(await peer.received()).toBe('cmd-request initiate')
    peer.event('control-log', { group: 'IKE', level: 1, msg: 'hello' })
    await expect(initiating).rejects.toThrow('mine')
    peer.answer({ success: true })
    expect(await peer.received()).toBe('event-unregister control-log')
    peer.confirm()
    await settled(peer)
  })
})

describe('events', () => {
  test('of another form end the loop and are unregistered', async () => {
    await using peer = await openPeer()
    const subscribing = createVici(peer.connection).subscribe(['ike-updown', 'log'])
    for (const name of ['ike-updown', 'log']) {
      expect(await peer.received()).toBe(`event-register ${name}`)
      peer.confirm()
    }
    const events = await subscribing
    peer.event('ike-updown', { up: true, site: sa })
    peer.event('ike-updown', { site: sa })
    peer.event('log', { group: 'IKE' })
    expect((await events.next()).value).toMatchObject({
      event: 'ike-updown',
      up: true,
      sa: { name: 'site', uniqueid: 7 },
    })
    expect((await events.next()).value).toMatchObject({ event: 'ike-updown', up: false })
    await expect(events.next()).rejects.toMatchObject({ code: 'VICI_MESSAGE' })
    expect(await peer.received()).toBe('event-unregister ike-updown')
    expect(await events.next()).toEqual({ value: undefined, done: true })
  })

  test('of a moved IKE_SA tell where it is now', async () => {
    await using peer = await openPeer()
    const subscribing = createVici(peer.connection).subscribe('ike-update')
    await peer.received()
    peer.confirm()
    const events = await subscribing
    const moved = { 'local-host': '192.0.2.9', 'local-port': 4500, 'remote-host': '192.0.2.2', 'remote-port': 4500 }
    peer.event('ike-update', { ...moved, site: { ...sa, 'local-host': '192.0.2.1' } })
    expect((await events.next()).value).toMatchObject({ ...moved, sa: { name: 'site', 'local-host': '192.0.2.1' } })
  })
})

test('the types know the options of strongSwan, and no others', () => {
  const connection: ConnectionConfig = {
    local_addrs: ['192.0.2.1'],
    rekey_time: '4h',
    'local-1': { auth: 'pubkey', certs: ['PEM'], 'cert-1': { file: '/a.pem' } },
    remote2: { auth: 'eap-mschapv2', eap_id: '%any' },
    children: { net: { start_action: 'trap|start', mark_in: '0x1/0x1', life_time: 90 } },
    // @ts-expect-error a slip of the pen
    local_adrs: ['192.0.2.1'],
  }
  // @ts-expect-error no unit of time
  const slow: ConnectionConfig = { rekey_time: '4 hours' }
  const pool: PoolConfig = { addrs: '10.9.0.0/24', 28672: ['x'] }
  expect([connection, slow, pool].map((each) => Object.keys(each).length)).toEqual([6, 1, 2])
})
