import { generateKeyPairSync, type KeyLike, sign } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readdir, readFile, realpath, rename, symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { SIGNATURE_HEADER } from '@sysvm/agent/api'
import type { Parameters } from '@sysvm/manager/cli/client'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type EmulatedHost, makeKeys, until } from '../lab/index.ts'
import { heldBy } from './cloud/held.ts'
import { type Cloud, createCloud, idOf, one } from './cloud/index.ts'
import { moreLoops, watchGaps } from './cloud/loops.ts'
import { type RouterControl, routerControl } from './cloud/router-control.ts'
import { fetchForever } from './cloud/scripts.ts'

let cloud: Cloud
let host: EmulatedHost
let network: string
let noGap: () => Promise<void>

const IMAGES = join(import.meta.dirname, '../../images/out')
const NOBODY = '11111111-2222-4333-8444-555555555555'

const list: Cloud['list'] = (...call) => cloud.list(...call)

/** What the API shows and the host holds, without what changes by itself. */
const everything = async (): Promise<unknown> => ({
  hosts: (await list('listHosts', 'host')).map(({ lastpinged: _, ...row }) => row),
  networks: await list('listNetworks', 'network'),
  routers: await list('listRouters', 'router'),
  guests: await list('listVirtualMachines', 'virtualmachine'),
  addresses: await list('listPublicIpAddresses', 'publicipaddress'),
  jobs: await list('listAsyncJobs', 'asyncjobs'),
  held: await heldBy(cloud, host),
})

/** The call is refused with these words, at once or by its job, and changes nothing. */
const refused = async (command: string, parameters: Parameters, words: RegExp): Promise<void> => {
  const before = await everything()
  await expect(cloud.client.run(command, parameters), command).rejects.toThrow(words)
  expect(await everything(), command).toEqual(before)
}

const expunge = (id: string) => cloud.client.run('destroyVirtualMachine', { id, expunge: true })

/** A guest that cannot be deployed in the network; it stays, in error, with the same words as its reason. */
const failsToDeploy = async (name: string, networkid: string, words: RegExp): Promise<string> => {
  await expect(cloud.deploy(name, networkid)).rejects.toThrow(words)
  const guest = one(await cloud.client.call('listVirtualMachines', { networkid, keyword: name }), 'virtualmachine')
  expect(guest.state).toBe('Error')
  return idOf(guest)
}

beforeAll(async () => {
  // Two public addresses: one for the network that works, one to run out of.
  cloud = await createCloud('bad-input', { driver: 'container', publicEnd: '203.0.113.11' })
  const [first] = cloud.hosts
  if (first === undefined) throw new Error('the cloud has no host')
  host = first
  network = idOf(await cloud.network('works'))
  await cloud.deploy('works', network, fetchForever(cloud.driver))
  await moreLoops(cloud)
  noGap = watchGaps(cloud)
})
afterAll(() => cloud?.[Symbol.asyncDispose]())

/** Whatever was refused, the guest that was there has not lost one request. */
afterEach(() => noGap())

describe('parameters', () => {
  test('that are unknown, malformed or of nobody, and networks that overlap, are refused by name', async () => {
    const offering = await list('listNetworkOfferings', 'networkoffering', { state: 'Enabled' })
    const fresh = { zoneid: cloud.zone, networkofferingid: idOf(offering[0] ?? {}), name: 'other' }
    const inside = { netmask: '255.255.255.128', gateway: '203.0.113.129' }
    await refused('listZones', { colour: 'red' }, /Parameter colour is unknown to listZones/)
    await refused('createNetwork', { ...fresh, zoneid: 'here' }, /Parameter zoneid: 'here' is not a UUID/)
    await refused('createNetwork', { ...fresh, zoneid: NOBODY }, /no zone has the id/)
    await refused('createNetwork', { ...fresh, gateway: '010.1.1.1', netmask: '255.255.255.0' }, /not an IPv4 address/)
    await refused('createNetwork', { ...fresh, ...inside }, /overlaps the public network/)
    await refused(
      'createVlanIpRange',
      { zoneid: cloud.zone, gateway: '10.1.1.129', netmask: '255.255.255.128', startip: '10.1.1.200' },
      /overlaps the guest network works/,
    )
    await refused('destroyRouter', { id: network }, /no router has the id/)
  })
})

describe('hosts', () => {
  const add = (url: string, more: Parameters = {}): Parameters => ({
    zoneid: cloud.zone,
    podid: cloud.pod,
    clusterid: cloud.cluster,
    hypervisor: 'Container',
    url,
    ...more,
  })
  const hide = (bare: EmulatedHost, ...programs: string[]) =>
    bare.connection.run([
      'sh',
      '-c',
      'for one do mount --bind /dev/null "/usr/bin/$one" || exit; done',
      'sh',
      ...programs,
    ])

  test('that lack programs are refused with all that is missing in one message', async () => {
    const bare = await cloud.newHost()
    await hide(bare, 'systemd-nspawn', 'zstd', 'flock')
    await refused('addHost', add(bare.url), /lacks: the program flock; the program systemd-nspawn; the program zstd\./)
  })

  test('without KVM, QEMU and libvirt are refused as KVM hosts, with all of it in one message', async () => {
    const bare = await cloud.newHost()
    await cloud.client.run('addCluster', {
      zoneid: cloud.zone,
      podid: cloud.pod,
      clustername: 'kvm',
      clustertype: 'CloudManaged',
      hypervisor: 'KVM',
    })
    const [kvm] = await list('listClusters', 'cluster', { name: 'kvm' })
    const asKvm = add(bare.url, { clusterid: idOf(kvm ?? {}), hypervisor: 'KVM' })
    await refused('addHost', asKvm, /lacks: a libvirt daemon that answers at qemu:\/\/\/system/)
    await hide(bare, 'qemu-img', 'qemu-system-x86_64', 'virsh')
    await refused(
      'addHost',
      asKvm,
      /lacks: the program qemu-img; the program qemu-system-x86_64; the program virsh\. Install or enable these/,
    )
  })

  test('that do not answer, or do not let the manager in, are refused', async () => {
    await refused('addHost', add('ssh://root@192.0.2.99:22'), /192\.0\.2\.99:22 cannot be reached/)
    await refused('addHost', add(`ssh://root@${host.address}:2222`), /:2222 cannot be reached: .*ECONNREFUSED/)
    const stranger = await cloud.newHost({ trusts: false })
    await refused('addHost', add(stranger.url), /does not accept the manager's key for user root/)
    const other = makeKeys(await mkdtemp(join(cloud.lab.directory, 'other-')), 'key').fingerprint
    await refused('addHost', add(`${stranger.url}?hostkey=${other}`), /shows the host key .* but it is pinned to/)
  })

  test('that show another key than the pinned one are not talked to until they show the old one again', async () => {
    const folder = join(cloud.lab.directory, host.name, 'ssh')
    const intruder = makeKeys(folder, 'intruder')
    const reload = async (): Promise<void> => {
      // The daemon reads its key anew; sessions that are open end.
      await host.connection.run(['pkill', '-HUP', '-f', '^sshd: /usr/sbin/sshd -D'])
      await host.connection.run(['pkill', '-KILL', '-f', '^sshd: root']).catch(() => undefined)
    }
    const [hostRow = {}] = await list('listHosts', 'host')
    const row = async () => one(await cloud.client.call('listHosts', { id: idOf(hostRow) }), 'host')
    await rename(join(folder, 'host'), join(folder, 'host.true'))
    try {
      await copyFile(join(folder, 'intruder'), join(folder, 'host'))
      await reload()
      const told = `shows the host key ${intruder.fingerprint}, but it is pinned to ${host.hostKey.fingerprint}`
      const suspicious = await until(
        'the host is no longer Up, and why',
        async () => {
          const now = await row()
          return now.state !== 'Up' && String(now.annotation).includes(told) ? now : undefined
        },
        { timeoutMs: 60_000, everyMs: 200 },
      )
      expect(suspicious.state).toMatch(/^(Alert|Down)$/)
    } finally {
      await rename(join(folder, 'host.true'), join(folder, 'host'))
      await reload()
    }
    await until(
      'the host is Up again, without a reason not to be',
      async () => {
        const { state, annotation } = await row()
        return state === 'Up' && annotation === undefined
      },
      { timeoutMs: 90_000 },
    )
  })
})

describe('ranges', () => {
  test('of a guest network that are used up refuse one guest more, and serve it when one has left', async () => {
    const tiny = idOf(await cloud.network('tiny', '10.1.3.1', '255.255.255.248'))
    const guests: string[] = []
    for (const name of ['a', 'b', 'c', 'd', 'e'])
      guests.push(idOf(await cloud.deploy(name, tiny, undefined, { startvm: false })))
    const before = await everything()
    await expect(cloud.deploy('f', tiny)).rejects.toThrow(
      /network tiny has no address left in 10\.1\.3\.0\/29.*\(533\)/,
    )
    expect(await everything()).toEqual(before)
    await expunge(guests[2] ?? '')
    const late = idOf(await cloud.deploy('f', tiny))
    expect(await cloud.fact(late, 'address')).toBe('10.1.3.4/29')

    // The same network holds the last public address.
    const third = idOf(await cloud.network('third', '10.1.4.1'))
    const poor = await failsToDeploy('poor', third, /has no public address left.*\(533\)/)
    expect(await list('listRouters', 'router', { networkid: third })).toEqual([])
    await Promise.all([...guests.filter((_, index) => index !== 2), late, poor].map(expunge))
    await cloud.client.run('deleteNetwork', { id: tiny })
    const rich = idOf(await cloud.deploy('rich', third))
    expect(await cloud.fact(rich, 'address')).toBe('10.1.4.2/24')
    await expunge(rich)
    await cloud.client.run('deleteNetwork', { id: third })
  })
})

describe('an image', () => {
  /** The images of this machine in a folder of their own, of the system's one a file with one byte changed. */
  const tamper = async (file: string): Promise<string> => {
    const folder = join(cloud.lab.directory, `tampered-${file}`)
    await mkdir(folder)
    const guest = basename(await realpath(join(IMAGES, 'guest')))
    await symlink(await realpath(join(IMAGES, 'guest')), join(folder, guest))
    await symlink(guest, join(folder, 'guest'))
    const system = await realpath(join(IMAGES, 'system'))
    const copy = join(folder, basename(system))
    await mkdir(copy)
    await symlink(basename(system), join(folder, 'system'))
    for (const name of await readdir(system)) if (name !== file) await symlink(join(system, name), join(copy, name))
    const bytes = await readFile(join(system, file))
    const middle = Math.floor(bytes.length / 2)
    bytes[middle] = (bytes[middle] ?? 0) ^ 1
    await writeFile(join(copy, file), bytes)
    return folder
  }

  test.each([
    ['initrd.img', /initrd\.img of the image in .* has the SHA-256 [0-9a-f]{64} and not the [0-9a-f]{64}/],
    ['manifest.json', /The manifest of the image in .* is not signed by the key the manager trusts/],
  ])('whose %s was tampered with boots no router; the untampered one does', async (file, words) => {
    const passing = idOf(await cloud.network('passing', '10.1.5.1'))
    await cloud.manager.kill()
    const SYSVM_IMAGES = await tamper(file)
    await cloud.manager.start({ SYSVM_IMAGES })
    expect(cloud.manager.output()).toMatch(words)
    const guest = await failsToDeploy('early', passing, /no system VM image that checks out/)
    expect((await heldBy(cloud, host)).folders).toHaveLength(2)

    await cloud.manager.kill()
    await cloud.manager.start()
    await expunge(guest)
    const served = idOf(await cloud.deploy('served', passing))
    expect(await cloud.fact(served, 'address')).toBe('10.1.5.2/24')
    const all = await list('listTemplates', 'template', { templatefilter: 'all' })
    const system = all.find(({ templatetype }) => templatetype === 'SYSTEM')
    expect(system).toMatchObject({
      isready: true,
      checksum: expect.stringContaining(String((await cloud.router(passing)).version)),
    })
    await expunge(served)
    await cloud.client.run('deleteNetwork', { id: passing })
  })
})

describe('specs', () => {
  const folderOf = async (): Promise<string> =>
    `/var/lib/sysvm/host/machines/${(await cloud.router(network)).name}/state`

  /** The spec that the router holds, as it was signed. */
  const heldSpec = async (generation: number): Promise<Record<string, unknown>> => {
    const bytes = await host.connection.readFile(`${await folderOf()}/generations/${generation}/spec.json`)
    return JSON.parse(Buffer.from(bytes ?? []).toString()) as Record<string, unknown>
  }
  const put = async (control: RouterControl, spec: unknown, key: KeyLike): Promise<unknown> => {
    const body = JSON.stringify(spec)
    const headers = {
      'content-type': 'application/json',
      [SIGNATURE_HEADER]: sign(null, Buffer.from(body), key).toString('base64'),
    }
    await using client = await control.open()
    return await client.request('PUT', '/v1/spec', { body, headers })
  }

  test('from the future, of another signer, machine or schema, or of a number that is taken are refused', async () => {
    await using control = await routerControl(cloud, network)
    const { confirmed } = await control.status()
    const spec = await heldSpec(confirmed ?? 0)
    const next = { ...spec, generation: (confirmed ?? 0) + 1 }
    const key = await readFile(join(cloud.manager.state, 'manager/keys/spec_ed25519.pem'), 'utf8')
    const stranger = generateKeyPairSync('ed25519').privateKey
    const services = { ...(spec.services as object), teleport: {} }
    for (const [document, signer, code] of [
      [{ ...next, version: 99, news: true }, key, 'SYSVM_SPEC_FUTURE'],
      [next, stranger, 'SYSVM_SPEC_SIGNATURE'],
      [{ ...next, name: 'r-999-VM' }, key, 'SYSVM_SPEC_INVALID'],
      [{ ...next, services }, key, 'SYSVM_SPEC_INVALID'],
      [{ ...next, services: { ...(spec.services as object), dns: { listen: 7 } } }, key, 'SYSVM_SPEC_INVALID'],
      [{ ...spec, services: { ...(spec.services as object), dns: undefined } }, key, 'SYSVM_SPEC_CONFLICT'],
    ] as const)
      await expect(put(control, document, signer), code).rejects.toMatchObject({ code })
    expect(await control.status()).toMatchObject({ confirmed, pending: null })
    await using client = await control.open()
    expect(await client.request('GET', '/v1/drift')).toEqual({ generation: confirmed, differences: [] })
  })

  test('that find the disk of the router full are refused, and taken when there is space', async () => {
    const router = idOf(await cloud.router(network))
    const folder = await folderOf()
    // Its state moves to a disk of its own that is small enough to fill.
    const onto =
      'set -e; mkdir /root/disk; mount -t tmpfs -o size=2m tmpfs /root/disk; cp -a "$1/." /root/disk; mount --bind /root/disk "$1"'
    await cloud.client.run('stopRouter', { id: router })
    await host.connection.run(['sh', '-c', onto, 'sh', folder])
    await cloud.client.run('startRouter', { id: router })
    await moreLoops(cloud)
    noGap = watchGaps(cloud)

    await using control = await routerControl(cloud, network)
    const { confirmed } = await control.status()
    await host.connection.run(['sh', '-c', 'cat /dev/zero >"$1/ballast" 2>/dev/null || true', 'sh', folder])
    const guest = await failsToDeploy(
      'unlucky',
      network,
      /The router refused its spec: No space is left on the machine, at the step stage/,
    )
    expect(await control.status()).toMatchObject({
      confirmed,
      pending: null,
      lastFailure: { code: 'SYSVM_STORAGE_FULL', step: 'stage' },
    })
    await moreLoops(cloud)
    await host.connection.run(['rm', `${folder}/ballast`])
    await expunge(guest)
    const lucky = idOf(await cloud.deploy('lucky', network))
    expect(await cloud.fact(lucky, 'address')).toMatch(/^10\.1\.1\./)
    expect((await control.status()).confirmed).toBeGreaterThan(confirmed ?? 0)
  })
})
