import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect, promisify } from 'node:util'
import { type ConnectionConfig, connect, type Log, type Subscription, type Vici, ViciError } from 'strongswan-ctl'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Issued, issue } from './certificates.ts'
import { createLab, type Lab, type Namespace, until } from './index.ts'
import { type Charon, startCharon } from './strongswan/charon.ts'
import { everyAuthority, everyOption, everyPool } from './strongswan/everything.ts'

const run = promisify(execFile)
const workspace = new URL('../../appliances/strongswan-ctl', import.meta.url).pathname

/** A root and a certificate of each side by it; RSA, as charon's smallest set of plugins knows no curves. */
const certify = async (): Promise<{ readonly root: Issued; readonly sides: readonly [Issued, Issued] }> => {
  const key = ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']
  const root = await issue({ subject: '/CN=root', isAuthority: true, key })
  const side = (name: string) => issue({ subject: `/CN=${name}`, names: `DNS:${name}`, issuer: root, key })
  return { root, sides: await Promise.all([side('side1'), side('side2')]) }
}

let lab: Lab
let certificates: Awaited<ReturnType<typeof certify>>
let left: Namespace
let right: Namespace
/** Initiates. */
let one: Charon
/** Responds. */
let two: Charon
beforeAll(async () => {
  lab = await createLab('strongswan')
  ;[left, right] = await Promise.all([lab.namespace('left'), lab.namespace('right')])
  await lab.link(
    { at: left, device: 'e0', address: '192.0.2.1/24' },
    { at: right, device: 'e0', address: '192.0.2.2/24' },
  )
  await left.ip(['address', 'add', '10.1.0.1/16', 'dev', 'lo'])
  await right.ip(['address', 'add', '10.2.0.1/16', 'dev', 'lo'])
  ;[one, two, certificates] = await Promise.all([startCharon(lab, left), startCharon(lab, right), certify()])
})
afterAll(async () => {
  one?.vici.close()
  two?.vici.close()
  await lab?.[Symbol.asyncDispose]()
})

const site = (vici: Vici): ConnectionConfig => {
  const [own, peer] = vici === one.vici ? [1, 2] : [2, 1]
  return {
    version: 2,
    local_addrs: [`192.0.2.${own}`],
    remote_addrs: [`192.0.2.${peer}`],
    proposals: ['aes128-sha256-modp2048'],
    rekey_time: '4h',
    dpd_delay: 30,
    local: { auth: 'psk', id: `side${own}` },
    remote: { auth: 'psk', id: `side${peer}` },
    children: {
      net: {
        local_ts: [`10.${own}.0.0/16`],
        remote_ts: [`10.${peer}.0.0/16`],
        esp_proposals: ['aes128-sha256-modp2048'],
        rekey_time: '1h',
      },
    },
  }
}

/** The first that is like this; those before it are passed over. */
const find = async <T>(events: Subscription<T>, like: (event: T) => boolean): Promise<T> => {
  while (true) {
    const { done, value } = await events.next()
    if (done) throw new Error('the events ended')
    if (like(value)) return value
  }
}

const refused = (reason: string | RegExp) =>
  expect.objectContaining({
    code: 'VICI_REFUSED',
    reason: typeof reason === 'string' ? reason : expect.stringMatching(reason),
  })

describe('a real charon', () => {
  test('tells of itself', async () => {
    const { vici } = one
    expect(await vici.version()).toMatchObject({
      daemon: 'charon-systemd',
      version: expect.stringMatching(/^\d+\.\d+/),
    })
    expect(await vici.stats()).toMatchObject({
      workers: { total: 16, active: { critical: expect.any(Number) } },
      ikesas: { total: 0, 'half-open': 0 },
      plugins: expect.arrayContaining(['vici', 'kernel-libipsec']),
      mallinfo: { used: expect.any(Number) },
    })
    expect((await vici.getAlgorithms()).encryption).toMatchObject({ AES_CBC: expect.any(String) })
    expect((await vici.getCounters())['']).toMatchObject({ 'ike-init-out-req': 0 })
    await vici.resetCounters()
    await vici.reloadSettings()
  })

  test('takes every option that the types have, and lists what it made of them', async () => {
    const { vici } = one
    const isNew = Number.parseInt((await vici.version()).version, 10) >= 6
    await vici.loadConn('everything', { ...everyOption, ...(isNew ? { ocsp: 'both' } : {}) })
    expect(await vici.getConns()).toEqual(['everything'])
    const [listed] = await vici.listConns({ ike: 'everything' }).toArray()
    expect(listed).toMatchObject({
      name: 'everything',
      version: 'IKEv2',
      local_addrs: ['192.0.2.1', '2001:db8::1'],
      rekey_time: 14_400,
      dpd_delay: 30,
      dpd_timeout: 120,
      unique: 'UNIQUE_REPLACE',
      ppk_id: 'ppk',
      local: [{ id: 'side1', class: 'pre-shared key' }, { class: 'XAuth' }],
      remote: [
        { id: 'side1', groups: ['staff'], cert_policy: ['1.2.3.4'], ca_id: 'CN=root' },
        { class: 'XAuth', groups: ['crew'] },
      ],
      children: {
        all: {
          mode: 'TRANSPORT',
          // Bytes with the zero that ends them, in hexadecimal digits.
          label: '626c756500',
          rekey_bytes: 1_000_000,
          dpd_action: 'trap',
          interface: 'e0',
          priority: 5,
          'local-ts': [expect.stringMatching(/^10\.1\.0\.0\/16\[.+\/.+\]$/), '10.1.0.1/32'],
          'remote-ts': ['dynamic'],
        },
      },
    })
    await vici.unloadConn('everything')
    expect(await vici.getConns()).toEqual([])
  })

  test('says in its own words what it does not take', async () => {
    const { vici } = one
    const wrong = { children: { net: { mode: 'fly' } } }
    await expect(vici.loadConn('wrong', wrong)).rejects.toEqual(refused('invalid value for: mode, config discarded'))
    await expect(vici.loadConn('wrong', { party: true } as ConnectionConfig)).rejects.toEqual(
      refused('unknown option: party, config discarded'),
    )
    await expect(vici.unloadConn('nobody')).rejects.toEqual(refused("unload: connection 'nobody' not found"))
    await expect(vici.initiate({ child: 'nobody' })).rejects.toEqual(refused("CHILD_SA config 'nobody' not found"))
    await expect(vici.loadCert({ data: 'no' })).rejects.toEqual(refused('parsing X509 certificate failed'))
    await expect(vici.loadKey({ data: 'no' })).rejects.toEqual(refused(/parsing .* private key failed/))
    await expect(vici.unloadPool('nobody')).rejects.toEqual(refused(/nobody/))
    await expect(vici.rekey({ ike: 'nobody' })).rejects.toEqual(refused('no matching SAs to rekey found'))
    await expect(vici.redirect({ gateway: '192.0.2.9', ike: 'nobody' })).rejects.toEqual(refused(/no matching SAs/))
    await expect(vici.loadToken({ handle: 'aa', pin: 'hunter2' })).rejects.toEqual(refused(/token failed/))
    await expect(vici.uninstall({ child: 'nobody' })).rejects.toEqual(refused("policy 'nobody' not found"))
  })

  test('says that there is nothing to terminate, and how much', async () => {
    const error = await one.vici.terminate({ ike: 'nobody' }).catch((reason: unknown) => reason)
    expect(error).toEqual(refused('no matching SAs to terminate found'))
    expect(error).toMatchObject({
      message: 'charon refused terminate: no matching SAs to terminate found',
      command: 'terminate',
      answer: { matches: '0', terminated: '0' },
    })
  })

  test('does not know every command and event', async () => {
    const { connection } = one.vici
    await expect(connection.request('frobnicate')).rejects.toMatchObject({ code: 'VICI_UNKNOWN' })
    await expect(connection.events(['log', 'party'])).rejects.toMatchObject({ code: 'VICI_UNKNOWN', command: 'party' })
    await expect(connection.stream('frobnicate', 'list-sa').next()).rejects.toMatchObject({ code: 'VICI_UNKNOWN' })
    expect(await one.vici.getConns()).toEqual([])
  })

  test('holds secrets and tells their ids only', async () => {
    const { vici } = one
    await vici.loadShared({ id: 'a', type: 'ike', data: Buffer.from([0, 1, 255]), owners: ['side1', 'side2'] })
    await vici.loadShared({ id: 'b', type: 'eap', data: 'hunter2', owners: ['alice'] })
    expect((await vici.getShared()).toSorted()).toEqual(['a', 'b'])
    await vici.unloadShared('a')
    expect(await vici.getShared()).toEqual(['b'])
    const error = await vici
      .loadShared({ id: 'c', type: 'wrong' as 'ike', data: 'hunter2' })
      .catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ViciError)
    expect(inspect([error, vici], { depth: null, showHidden: true })).not.toContain('hunter2')
    await vici.clearCreds()
    expect(await vici.getShared()).toEqual([])
  })

  test('holds certificates, keys and authorities', async () => {
    const { vici } = one
    const {
      root: authority,
      sides: [own],
    } = certificates
    await vici.loadCert({ data: own.certificate })
    await vici.loadCert({ data: new X509Certificate(authority.certificate).raw, flag: 'CA' })
    const id = await vici.loadKey({ data: own.key })
    expect(id).toMatch(/^[0-9a-f]{40}$/)
    expect(await vici.getKeys()).toEqual([id])
    const listed = await vici.listCerts().toArray()
    expect(listed).toHaveLength(2)
    expect(listed).toContainEqual(
      expect.objectContaining({
        type: 'X509',
        flag: 'NONE',
        has_privkey: true,
        data: new X509Certificate(own.certificate).raw,
      }),
    )
    const [root] = await vici.listCerts({ type: 'X509', flag: 'CA' }).toArray()
    expect(Buffer.from(root?.data ?? []).toString('base64')).toBe(
      new X509Certificate(authority.certificate).raw.toString('base64'),
    )
    await vici.loadAuthority('root', { cacert: authority.certificate, ...everyAuthority })
    expect(await vici.getAuthorities()).toEqual(['root'])
    expect(await vici.listAuthorities().toArray()).toEqual([{ name: 'root', cacert: 'CN=root', ...everyAuthority }])
    await vici.unloadAuthority('root')
    await vici.unloadKey(id)
    await vici.flushCerts({ type: 'X509_CRL' })
    await vici.clearCreds()
    expect([await vici.getKeys(), await vici.getAuthorities(), await vici.listCerts().toArray()]).toEqual([[], [], []])
  })

  test('holds pools', async () => {
    const { vici } = one
    await vici.loadPool('clients', everyPool)
    expect(await vici.getPools({ leases: true })).toEqual({
      clients: { base: '10.9.0.10', size: 10, online: 0, offline: 0, leases: {} },
    })
    expect(await vici.getPools({ name: 'others' })).toEqual({})
    await vici.unloadPool('clients')
    expect(await vici.getPools()).toEqual({})
  })

  test('streams a thousand connections to loops that ask something else, and to those that leave', async () => {
    await using vici = await connect({ path: one.path, timeoutMs: 30_000 })
    const names = Array.from({ length: 1000 }, (_, index) => `c${index}`)
    await Promise.all(names.map((name) => vici.loadConn(name, { remote_addrs: ['192.0.2.99'] })))
    const seen: string[] = []
    for await (const { name } of vici.listConns()) {
      seen.push(name)
      if (seen.length === 3) expect((await vici.version()).daemon).toBe('charon-systemd')
    }
    expect(seen.toSorted()).toEqual(names.toSorted())
    for await (const { name } of vici.listConns()) {
      expect(names).toContain(name)
      break
    }
    await Promise.all(names.map((name) => vici.unloadConn(name)))
    expect(await vici.listConns().toArray()).toEqual([])
  })
})

describe('two charons', () => {
  const secret = { id: 'site', type: 'ike', owners: ['side1', 'side2'] } as const
  beforeAll(async () => {
    for (const { vici } of [one, two]) {
      await vici.loadShared({ ...secret, data: 'the same on both sides' })
      await vici.loadConn('site', site(vici))
    }
  })

  test('bring a tunnel up and down, and tell of it', async () => {
    await using ups = await one.vici.subscribe(['ike-updown', 'child-updown', 'child-rekey', 'ike-rekey'])
    await using others = await two.vici.subscribe(['ike-update', 'ike-updown', 'child-updown'])
    const logs: Log[] = []
    await one.vici.initiate({ child: 'net', timeout: 30_000 }, { onLog: (log) => logs.push(log) })
    expect(logs.map(({ msg }) => msg)).toContainEqual(expect.stringMatching(/^IKE_SA site\[\d+\] established between/))

    expect(await find(ups, () => true)).toMatchObject({
      event: 'ike-updown',
      up: true,
      sa: { name: 'site', state: 'ESTABLISHED', version: 2, initiator: true, 'remote-id': 'side2' },
    })
    const child = await find(ups, ({ event }) => event === 'child-updown')
    expect(child).toMatchObject({ up: true, sa: { name: 'site' } })
    // IKEv2 moves to port 4500 before it knows who is there.
    expect(await find(others, () => true)).toMatchObject({
      event: 'ike-update',
      'local-host': '192.0.2.2',
      'local-port': 4500,
      sa: { name: '(unnamed)', 'local-port': 500 },
    })
    expect(await find(others, ({ event }) => event === 'child-updown')).toMatchObject({
      up: true,
      sa: { 'remote-id': 'side1' },
    })

    await left.exec(['ping', '-c', '3', '-i', '0.05', '-W', '5', '-I', '10.1.0.1', '10.2.0.1'])
    const [sa] = await one.vici.listSas({ ike: 'site', child: 'net' }).toArray()
    expect(sa).toMatchObject({
      'local-host': '192.0.2.1',
      'remote-host': '192.0.2.2',
      'local-id': 'side1',
      'encr-alg': 'AES_CBC',
      'encr-keysize': 128,
      'dh-group': 'MODP_2048',
      established: expect.any(Number),
      'rekey-time': expect.any(Number),
    })
    const [net] = Object.values(sa?.['child-sas'] ?? {})
    expect(net).toMatchObject({
      name: 'net',
      state: 'INSTALLED',
      mode: 'TUNNEL',
      protocol: 'ESP',
      'local-ts': ['10.1.0.0/16'],
      'remote-ts': ['10.2.0.0/16'],
      'packets-in': 3,
      'packets-out': 3,
      'spi-in': expect.stringMatching(/^[0-9a-f]{8}$/),
    })
    expect((await one.vici.stats()).ikesas.total).toBe(1)
    expect(await one.vici.listPolicies().toArray()).toEqual([])

    expect(await one.vici.rekey({ child: 'net' })).toEqual({ matches: 1 })
    const rekeyed = await find(ups, ({ event }) => event === 'child-rekey')
    const [both] = Object.values(rekeyed.event === 'child-rekey' ? (rekeyed.sa['child-sas'] ?? {}) : {})
    expect([both?.old['spi-in'], both?.new['spi-in']]).toEqual([
      net?.['spi-in'],
      expect.not.stringMatching(net?.['spi-in'] ?? ''),
    ])
    expect(await one.vici.rekey({ 'ike-id': sa?.uniqueid ?? 0 })).toEqual({ matches: 1 })
    expect(await find(ups, ({ event }) => event === 'ike-rekey')).toMatchObject({
      old: { uniqueid: sa?.uniqueid },
      new: { version: 2 },
    })
    expect((await one.vici.getCounters({ name: 'site' })).site).toMatchObject({ 'ike-rekey-init': 1, 'child-rekey': 1 })

    // The old one is there until its peer has confirmed its end.
    await until('the old IKE_SA is gone', async () => (await one.vici.listSas().toArray()).length === 1)
    expect(await one.vici.terminate({ ike: 'site' })).toEqual({ matches: 1, terminated: 1 })
    expect(await find(ups, ({ event }) => event === 'ike-updown')).toMatchObject({ up: false, sa: { name: 'site' } })
    expect(await find(others, (event) => event.event === 'child-updown' && !event.up)).toMatchObject({
      sa: { name: 'site' },
    })
    expect(await one.vici.listSas().toArray()).toEqual([])
  })

  test('of which one has another secret fail, and say so in their logs', async () => {
    const { vici } = one
    await vici.loadShared({ ...secret, data: 'hunter2' })
    await using responder = await two.vici.subscribe('log')
    const logs: string[] = []
    const failing = vici.initiate({ child: 'net', timeout: 30_000 }, { onLog: ({ msg }) => logs.push(msg) })
    await expect(failing).rejects.toEqual(refused("establishing CHILD_SA 'net' failed"))
    expect(logs).toContain('received AUTHENTICATION_FAILED notify error')
    await find(responder, ({ msg }) => /^tried \d+ shared keys? for 'side2' - 'side1', but MAC mismatched$/.test(msg))
    expect([...logs, two.process.output(), one.process.output()].join()).not.toContain('hunter2')
    await vici.loadShared({ ...secret, data: 'the same on both sides' })
  })

  test('of which one is silent give up in time, and the connection goes on', async () => {
    const { vici } = one
    await vici.loadConn('silent', { ...site(vici), remote_addrs: ['192.0.2.99'], children: { nowhere: {} } })
    const error = await vici.initiate({ child: 'nowhere', timeout: 100 }).catch((reason: unknown) => reason)
    expect(error).toEqual(refused("CHILD_SA 'nowhere' not established after 100ms"))
    await vici.initiate({ child: 'nowhere', timeout: -1 })
    await vici.terminate({ ike: 'silent', force: true })
    await vici.unloadConn('silent')
  })

  test('authenticate by certificates and lease an address of a pool', async () => {
    const { root, sides } = certificates
    for (const [index, { vici }] of [one, two].entries()) {
      const own = sides[index]
      if (own === undefined) throw new Error('a side has no certificate')
      await vici.loadCert({ data: root.certificate, flag: 'CA' })
      await vici.loadKey({ data: own.key })
      const { local, remote, children, ...rest } = site(vici)
      const auth = {
        local: { auth: 'pubkey', id: `side${index + 1}`, certs: [own.certificate] },
        remote: { auth: 'pubkey', id: `side${2 - index}`, cacerts: [root.certificate] },
      }
      const address = index === 0 ? { vips: ['0.0.0.0'] } : { pools: ['clients'] }
      const traffic = index === 0 ? { remote_ts: ['10.2.0.0/16'] } : { local_ts: ['10.2.0.0/16'] }
      const road = { ...traffic, esp_proposals: ['aes128-sha256'] }
      await vici.loadConn('road', { ...rest, ...auth, ...address, children: { road } })
    }
    await two.vici.loadPool('clients', { addrs: '10.9.0.0/24', dns: ['192.0.2.53'] })
    await one.vici.initiate({ child: 'road', timeout: 30_000 })
    const [sa] = await one.vici.listSas({ ike: 'road' }).toArray()
    expect(sa?.['local-vips']).toEqual(['10.9.0.1'])
    expect((await two.vici.getPools({ leases: true })).clients).toMatchObject({
      online: 1,
      leases: { 0: { address: '10.9.0.1', identity: 'side1', status: 'online' } },
    })
    await expect(two.vici.unloadPool('clients')).rejects.toEqual(refused(/clients/))
    await one.vici.terminate({ ike: 'road' })
  })

  test("run the README's example, for somebody who has only installed the package", async () => {
    const project = join(lab.directory, 'project')
    const installed = join(project, 'node_modules/strongswan-ctl')
    await mkdir(installed, { recursive: true })
    const env = { ...process.env, NODE_OPTIONS: '' }
    const packed = await run('npm', ['pack', '--json', '--pack-destination', lab.directory], { cwd: workspace, env })
    // `prepack` may talk before the JSON.
    const [{ filename, files }] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('[\n'))) as [
      { filename: string; files: { path: string }[] },
    ]
    const strange = files.filter(({ path }) => !/^(package\.json|README\.md|dist\/[\w/-]+\.(js|d\.ts))$/.test(path))
    expect(strange).toEqual([])
    await run('tar', ['-xzf', join(lab.directory, filename), '-C', installed, '--strip-components=1'])
    await writeFile(join(project, 'package.json'), '{ "type": "module" }')
    const manifest = JSON.parse(await readFile(join(workspace, 'package.json'), 'utf8')) as Record<string, unknown>
    expect([manifest.dependencies, manifest.peerDependencies]).toEqual([undefined, undefined])

    const readme = await readFile(join(workspace, 'README.md'), 'utf8')
    const [example = ''] = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? '')
    await writeFile(join(project, 'example.ts'), example.replace('/run/charon.vici', one.path))
    await two.vici.loadShared({ ...secret, data: 'a long random secret' })
    const { stdout } = await run(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', join(project, 'example.ts')],
      { env },
    )
    expect(stdout).toContain('ike-updown office is up\nchild-updown office is up\nESTABLISHED net 0\n')
    expect(await one.vici.listSas({ ike: 'office' }).toArray()).toEqual([])
  })

  test('of which one dies say so on its connection', async () => {
    const events = await two.vici.subscribe('log')
    const closed = two.vici.closed
    await two.process.stop('SIGKILL')
    expect(await closed).toMatchObject({ code: 'VICI_LOST' })
    await expect(find(events, () => false)).rejects.toMatchObject({ code: 'VICI_LOST' })
    await expect(two.vici.version()).rejects.toMatchObject({ code: 'VICI_LOST' })
    await until(
      'the socket refuses',
      () => connect({ path: two.path }).catch((error: ViciError) => error.code === 'VICI_CONNECT') as Promise<boolean>,
    )
  })
})
