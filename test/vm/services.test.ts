import { type Answer, listOf } from '@sysvm/manager/cli/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cloud, createCloud, idOf, plan } from '../e2e/cloud/index.ts'
import { textOf } from '../e2e/cloud/web-client.ts'
import { issue } from '../lab/certificates.ts'
import { serveHttp, until } from '../lab/index.ts'

const OUTSIDE6 = '2001:db8:ff::1'
const SERVICES = 'Dhcp,Dns,SourceNat,UserData,Firewall,Lb,StaticNat,PortForwarding'

/** Says what a page says, whenever that changes. */
const watch = (key: string, url: string): string => `
(while :; do
  now=$(timeout 5 wget -q -O - "${url}" || true)
  [ "$now" = "$last" ] || echo "sysvm-guest: ${key}=$now"
  last=$now
  sleep 1
done) &
`

/** Says what its network calls it, by IPv6. */
const lookUp = `
own=$(hostname).$(awk '/^search/ { print $2 }' /etc/resolv.conf)
echo "sysvm-guest: aaaa=$(nslookup -type=aaaa $own | awk '/^Name:/ { seen = 1 } seen && /^Address/ { print $NF; exit }')"
`

/** What the container suites prove at length, once more where Debian's own kernel and systemd do it. */
describe('services of a router on Debian’s own kernel', () => {
  let cloud: Cloud
  let network: string
  let guest: string
  let ip: string
  let address: string

  const run: Cloud['run'] = (...call) => cloud.run(...call)
  const eventually = (what: string, check: () => Promise<boolean>): Promise<unknown> =>
    until(what, check, { timeoutMs: cloud.patienceMs })
  const says = (key: string, value: string): Promise<unknown> =>
    eventually(`the guest says ${key}=${value}`, async () => {
      const said = (await cloud.facts(guest))[key]
      if (said === value) return true
      throw new Error(`it said ${said}`)
    })
  const balance = async (name: string, publicport: number, more = {}): Promise<string> => {
    const ports = { publicport, privateport: 80, publicipid: ip, algorithm: 'roundrobin', openfirewall: false }
    const id = idOf(await run('createLoadBalancerRule', { name, ...ports, ...more }))
    await run('assignToLoadBalancerRule', { id, virtualmachineids: guest })
    return id
  }
  const open = (protocol: string, startport: number, cidrlist: string): Promise<Answer> =>
    run('createFirewallRule', { ipaddressid: ip, protocol, startport, cidrlist })

  beforeAll(async () => {
    cloud = await createCloud('services', { driver: 'kvm' })
    const { client, outside, lab, zone: zoneid } = cloud
    await outside.ip(['address', 'add', `${OUTSIDE6}/64`, 'dev', 'public0', 'nodad'])
    await outside.ip(['route', 'add', '2001:db8:100::/64', 'via', '2001:db8:ff::10'])
    const six = await serveHttp(outside, { address: OUTSIDE6 })
    lab.defer(() => six.close())
    const [range] = listOf(await client.call('listVlanIpRanges', { zoneid }), 'vlaniprange')
    await run('deleteVlanIpRange', { id: idOf(range ?? {}) })
    await run('createVlanIpRange', {
      ...{ zoneid, physicalnetworkid: String(range?.physicalnetworkid), vlan: 'untagged' },
      ...{ gateway: plan.public.gateway, netmask: plan.public.netmask },
      ...{ startip: plan.public.start, endip: plan.public.end },
      ...{ ip6cidr: '2001:db8:ff::/64', ip6gateway: OUTSIDE6 },
      ...{ startipv6: '2001:db8:ff::10', endipv6: '2001:db8:ff::1f' },
    })
    await run('createGuestNetworkIpv6Prefix', { zoneid, prefix: '2001:db8:100::/48' })
    const offering = await run('createNetworkOffering', {
      ...{ name: 'dual', guestiptype: 'Isolated', traffictype: 'Guest', supportedservices: SERVICES },
      ...{ internetprotocol: 'DualStack', networkrate: 50, enable: true },
    })
    const cidr = { gateway: '10.2.1.1', netmask: '255.255.255.0' }
    network = idOf(await run('createNetwork', { zoneid, name: 'dual', networkofferingid: idOf(offering), ...cidr }))
    const script = [
      '#!/bin/sh',
      lookUp,
      watch('out', `http://${plan.site.address}/`),
      watch('six', `http://[${OUTSIDE6}]/`),
    ]
    guest = idOf(await cloud.deploy('g1', network, script.join('\n')))
    const acquired = await run('associateIpAddress', { networkid: network })
    ip = idOf(acquired)
    address = String(acquired.ipaddress)
  })
  afterAll(() => cloud?.[Symbol.asyncDispose]())

  test('IPv6: an address of the network, and a way out', async () => {
    const [nic] = listOf(await cloud.client.call('listNics', { virtualmachineid: guest }), 'nic')
    expect(await cloud.fact(guest, 'address6')).toBe(`${nic?.ip6address}/64`)
    await says('six', `you are ${nic?.ip6address}`)
    expect(await cloud.fact(guest, 'aaaa')).toBe(nic?.ip6address)
  })

  test('IPv6: outside reaches a guest while a rule lets it', async () => {
    const [nic] = listOf(await cloud.client.call('listNics', { virtualmachineid: guest }), 'nic')
    const reached = (): Promise<string> =>
      cloud.outside.exec(['curl', '-gs', '-m', '5', `http://[${nic?.ip6address}]/`]).then(
        ({ stdout }) => stdout.trim(),
        () => 'nothing',
      )
    expect(await reached()).toBe('nothing')
    const to = { networkid: network, traffictype: 'ingress', cidrlist: '2001:db8:ff::/64' }
    const rule = await run('createIpv6FirewallRule', { ...to, protocol: 'tcp', startport: 80, endport: 80 })
    await eventually('the guest answers', async () => (await reached()) === 'hello from g1')
    await run('deleteIpv6FirewallRule', { id: idOf(rule) })
    expect(await reached()).toBe('nothing')
  })

  test('the firewall: what guests send, and back again', async () => {
    const { publicip } = await cloud.router(network)
    await says('out', `you are ${publicip}`)
    const rule = await run('createEgressFirewallRule', { networkid: network, protocol: 'tcp', startport: 80 })
    await says('out', '')
    await run('deleteEgressFirewallRule', { id: idOf(rule) })
    await says('out', `you are ${publicip}`)
  })

  test('forwarding, from outside, until its rule goes, and with it the flow', async () => {
    const ports = { protocol: 'tcp', publicport: 8000, privateport: 80 }
    const rule = await run('createPortForwardingRule', { ipaddressid: ip, virtualmachineid: guest, ...ports })
    const began = performance.now()
    expect(await textOf(cloud.outside, address, { port: 8000 })).toBe('hello from g1')
    const answerMs = performance.now() - began
    const held = await cloud.outside.connect(address, 8000)
    held.on('error', () => undefined)
    await run('deletePortForwardingRule', { id: idOf(rule) })
    const answered = new Promise<string>((resolve) => {
      held.once('data', () => resolve('answered'))
      setTimeout(resolve, 5000 + 4 * answerMs, 'silence')
    })
    held.write('GET / HTTP/1.0\r\n\r\n')
    expect(await answered).toBe('silence')
    held.destroy()
  })

  test('an address of the guest’s own, in both directions', async () => {
    const own = await run('associateIpAddress', { networkid: network })
    const { publicip } = await cloud.router(network)
    await cloud.client.run('enableStaticNat', { ipaddressid: idOf(own), virtualmachineid: guest })
    await says('out', `you are ${own.ipaddress}`)
    await run('createIpForwardingRule', { ipaddressid: idOf(own), protocol: 'tcp', startport: 80 })
    expect(await textOf(cloud.outside, String(own.ipaddress))).toBe('hello from g1')
    await run('disassociateIpAddress', { id: idOf(own) })
    await says('out', `you are ${publicip}`)
  })

  test('load balancing of HTTP and TLS, for whom the firewall lets in', async () => {
    await balance('web', 80, { protocol: 'http' })
    expect(await textOf(cloud.outside, address)).toMatch(/^error/)
    await open('tcp', 80, '203.0.113.0/24')
    await eventually('the member is up', async () => (await textOf(cloud.outside, address)) === 'hello from g1')
    const { certificate, key } = await issue({ subject: '/CN=a.example', names: 'DNS:a.example' })
    const cert = await run('uploadSslCert', { name: 'a', certificate, privatekey: key })
    const tls = await balance('tls', 443, { protocol: 'ssl', openfirewall: true })
    await run('assignCertToLoadBalancer', { lbruleid: tls, certid: idOf(cert) })
    const asked = { tls: { servername: 'a.example', ca: certificate } }
    expect(await textOf(cloud.outside, address, asked)).toBe('hello from g1')
  })

  test('load balancing of datagrams, which the guest itself answers', async () => {
    const refused = async (): Promise<boolean> => {
      const socket = await cloud.outside.datagram('203.0.113.1', 0)
      const heard = new Promise<boolean>((resolve) => {
        socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'))
        setTimeout(resolve, 1000, false)
      })
      // Nobody listens there: the guest's kernel says so, and only to a connected socket.
      socket.connect(5353, address, () => socket.send('hello'))
      return heard.finally(() => socket.close())
    }
    expect(await refused()).toBe(false)
    await balance('udp', 5353, { privateport: 5353, protocol: 'udp', openfirewall: true })
    await eventually('the guest answers', refused)
  })

  test('all of it is what its router holds, the limit of its rate too', async () => {
    const drift = await cloud.client.call('getRouterDrift', { id: idOf(await cloud.router(network)) })
    expect(JSON.stringify(drift)).not.toMatch(/needs|limited|missing|haproxy|table/)
  })
})
