import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../../lab/index.ts'
import { patienceSeconds } from '../../lab/patience.ts'
import { type Cloud, createCloud, type Driver, idOf, plan } from './index.ts'
import { routerControl } from './router-control.ts'
import { fetchForever, proveAll, tryForbidden } from './scripts.ts'

/** Whether a TCP connection from the outside to this address opens within a moment. */
const opens = async (cloud: Cloud, host: string, port: number): Promise<boolean> =>
  cloud.outside.exec(['nc', '-z', '-w', patienceSeconds(2), host, String(port)]).then(
    () => true,
    () => false,
  )

/** Requests of the looping guest seen so far. */
const loops = (cloud: Cloud): number => cloud.web.requests.filter(({ url }) => url.startsWith('/loop/')).length

const moreLoops = async (cloud: Cloud): Promise<void> => {
  const before = loops(cloud)
  await until('the guest is heard again', () => loops(cloud) > before + 2, { timeoutMs: cloud.patienceMs })
}

/** What a guest of an isolated network may rely on, on real machines of one driver. */
export const routerSuite = (driver: Driver): void => {
  describe(`an isolated network in ${driver} mode`, () => {
    let cloud: Cloud
    let network: string
    let prover: string

    beforeAll(async () => {
      cloud = await createCloud(`router-${driver}`, { driver })
      network = idOf(await cloud.network('one'))
      prover = idOf(await cloud.deploy('prover', network, proveAll))
    })
    afterAll(() => cloud?.[Symbol.asyncDispose]())

    test('gives a guest its address, name and way out', async () => {
      const guest = await cloud.guest(prover)
      const [nic] = guest.nic as readonly Record<string, unknown>[]
      const router = await cloud.router(network)
      expect(await cloud.fact(prover, 'address')).toBe(`${nic?.ipaddress}/24`)
      expect(await cloud.fact(prover, 'fetched')).toBe(`you are ${router.publicip}`)
      expect(await cloud.fact(prover, 'resolved')).toBe(plan.site.address)
      expect(cloud.dns.questions).toContain(plan.site.name)
      expect(await cloud.fact(prover, 'reverse')).toMatch(/^prover\./)
    })

    test('answers metadata at the gateway and at 169.254.169.254', async () => {
      const [nic] = (await cloud.guest(prover)).nic as readonly Record<string, unknown>[]
      expect(await cloud.fact(prover, 'metadata-by-gateway')).toMatch(/^prover/)
      expect(await cloud.fact(prover, 'metadata-by-169')).toBe(nic?.ipaddress)
    })

    test('lets nothing in from outside', async () => {
      const router = await cloud.router(network)
      const publicIp = String(router.publicip)
      // The tool itself works: the site outside answers it.
      expect(await opens(cloud, plan.site.address, 80)).toBe(true)
      await cloud.outside.route('10.1.1.0/24', publicIp)
      const [address = ''] = (await cloud.fact(prover, 'address')).split('/')
      const tries = [...[22, 53, 80, 3922].map((port) => opens(cloud, publicIp, port)), opens(cloud, address, 80)]
      expect(await Promise.all(tries)).toEqual([false, false, false, false, false])
    })

    test('keeps guests away from the control network', async () => {
      const router = await cloud.router(network)
      const trier = idOf(await cloud.deploy('trier', network, tryForbidden(String(router.linklocalip))))
      expect(await cloud.fact(trier, 'gateway-dns')).toBe('reached')
      for (const place of ['control', 'host', 'gateway-ssh']) expect(await cloud.fact(trier, place)).toBe('refused')
      await cloud.client.run('destroyVirtualMachine', { id: trier, expunge: true })
    })

    test('serves again after the router reboots with the manager down', async () => {
      await cloud.deploy('looper', network, fetchForever(driver))
      await moreLoops(cloud)
      await using control = await routerControl(cloud, network)
      await cloud.manager.kill()
      const before = (await control.status()).bootId
      {
        await using client = await control.open()
        await client.request('POST', '/v1/reboot').catch(() => undefined)
      }
      await until('the router has rebooted', async () => (await control.status()).bootId !== before, {
        timeoutMs: cloud.patienceMs,
      })
      await moreLoops(cloud)
      await cloud.manager.start()
    })

    test('serves again after its router is destroyed and made anew', async () => {
      const before = await cloud.router(network)
      // One that runs is replaced by way of a second one beside it, which takes emulated processors minutes.
      if (driver === 'kvm') await cloud.run('stopRouter', { id: String(before.id) })
      await cloud.client.run('restartNetwork', { id: network, cleanup: true }, { timeoutMs: cloud.patienceMs })
      const after = await cloud.router(network)
      expect(after.id).not.toBe(before.id)
      expect(after.publicip).toBe(before.publicip)
      await moreLoops(cloud)
    })
  })
}
