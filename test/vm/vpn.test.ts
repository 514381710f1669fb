import type { RouterServices, VpnState } from '@sysvm/router/spec'
import { expect, test } from 'vitest'
import { createLab, until } from '../lab/index.ts'
import { BRIDGES, realSpec, startRealRouter } from '../lab/real-router.ts'
import { pings, useAddress } from '../lab/router/guest.ts'
import { baseSpec } from '../lab/router/spec.ts'
import { startPeer } from '../lab/servers/strongswan.ts'
import { connection, PSK } from '../unit/appliances/router/vpn/spec.ts'

const peerText = `
connections { site1 {
  version = 2
  local_addrs = 203.0.113.1
  remote_addrs = 198.51.100.5
  proposals = aes256-sha256-modp2048
  local { auth = psk
    id = 203.0.113.1 }
  remote { auth = psk
    id = 198.51.100.5 }
  children { net {
    local_ts = 10.200.1.0/24
    remote_ts = 10.1.1.0/24
    esp_proposals = aes256-sha256-modp2048
  } }
} }
secrets { ike-1 {
  id-1 = 203.0.113.1
  secret = "${PSK}"
} }
`

/** Containers here have no ESP of the kernel's; a machine with Debian's own has. */
test("a tunnel by the kernel's ESP", async () => {
  await using lab = await createLab('vpn-vm')
  const router = await startRealRouter(lab, { driver: 'kvm', bootMs: 240_000 })
  const [guest, outside] = [await lab.namespace('guest'), await lab.namespace('outside')]
  const { namespace } = router.host
  await lab.link(
    { at: guest, device: 'eth0', address: '10.1.1.10/24' },
    { at: namespace, device: 'to-guest', bridge: BRIDGES.guest },
  )
  await lab.link(
    { at: outside, device: 'eth0', address: '198.51.100.1/24' },
    { at: namespace, device: 'to-outside', bridge: BRIDGES.public },
  )
  await useAddress(guest, '10.1.1.10/24')
  await outside.ip(['address', 'add', '203.0.113.1/32', 'dev', 'lo'], ['address', 'add', '10.200.1.1/32', 'dev', 'lo'])
  const peer = await startPeer(lab, outside, peerText, ['10.1.1.0/24'])
  const { interfaces, firewall, nat } = baseSpec as unknown as RouterServices
  const services = { interfaces, firewall, ...(nat === undefined ? {} : { nat }) }
  await router.commit(realSpec({ ...services, vpn: { connections: [connection()] } }))
  const up = (): Promise<unknown> =>
    until(
      'the tunnel is up',
      async () => {
        const { connections } = await router.ask<VpnState>('GET', '/v1/state/vpn')
        if (connections[0]?.state === 'Connected') return true
        throw new Error(JSON.stringify(connections))
      },
      { timeoutMs: 60_000 },
    )
  await up()
  await until('the other site answers', () => pings(guest, '10.200.1.1'))
  // From there, too; and without the tunnel's help nothing is what it claims to be.
  await outside.exec(['ping', '-c', '1', '-W', '10', '-I', '10.200.1.1', '10.1.1.10'])
  await outside.ip(['rule', 'add', 'to', '10.1.1.10/32', 'lookup', '99', 'pref', '100'])
  await outside.ip(['route', 'add', '10.1.1.10/32', 'via', '198.51.100.5', 'table', '99'])
  await expect(outside.exec(['ping', '-c', '1', '-W', '3', '-I', '10.200.1.1', '10.1.1.10'])).rejects.toThrow()
  await outside.ip(['rule', 'delete', 'pref', '100'])
  // A charon that is killed leaves no SA behind to be used by whom the next one does not know.
  const inKernel = async (): Promise<readonly string[]> =>
    [...(await router.inside('ip xfrm state')).matchAll(/spi (0x\w+)/g)].map(([, spi]) => spi ?? '')
  const before = await inKernel()
  expect(before).toHaveLength(2)
  await router.inside('systemctl kill --kill-whom=main --signal=KILL sysvm-charon@kernel')
  const isNew = (spi: string): boolean => !before.includes(spi)
  await until('the next one has its own', async () => (await inKernel()).some(isNew), { timeoutMs: 60_000 })
  expect((await inKernel()).filter((spi) => !isNew(spi))).toEqual([])
  await up()
  expect(await pings(guest, '10.200.1.1')).toBe(true)
  // Its end is told, and nothing of it is left.
  await router.commit(realSpec(services))
  await until('the peer knows', async () => (await peer.swanctl('--list-sas')) === '')
  expect(await router.ask('GET', '/v1/drift')).toMatchObject({ differences: [] })
  expect(await router.inside('ip xfrm state; ip xfrm policy')).toBe('')
})
