import { afterAll, beforeAll, expect, it } from 'vitest'
import { startApi } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
let api: Awaited<ReturnType<typeof startApi>>
beforeAll(async () => {
  lab = await openTestCluster()
  api = await startApi(lab.cluster)
})
afterAll(async () => {
  await api?.[Symbol.asyncDispose]()
  await lab.remove()
})

const NOBODY = '11111111-2222-4333-8444-555555555555'
const ping = { targetid: NOBODY, type: 'ping', ipaddress: '10.1.1.1' }
const packet = { id: NOBODY, source: '10.1.1.2', destination: '192.0.2.1', protocol: 'tcp', port: '80' }
type Refusal = readonly [string, Readonly<Record<string, string>>, RegExp]

const refusals: readonly Refusal[] = [
  ['runDiagnostics', { type: 'ping', ipaddress: '10.1.1.1' }, /targetid is required/],
  ['runDiagnostics', { ...ping, targetid: 'r-1-VM' }, /targetid/],
  ['runDiagnostics', ping, /targetid.*no router has the id|no router has the id/],
  ['runDiagnostics', { ...ping, type: 'nmap' }, /type: 'nmap' is not one of ping, traceroute, arping/],
  ['runDiagnostics', { ...ping, type: 'ping; reboot' }, /type/],
  ...['', '-f', '10.1.1.1 -f', '10.1.1.1;reboot', '$(reboot)', '010.1.1.1', '10.1.1.0/24', 'a b', 'a..b'].map(
    (ipaddress): Refusal => ['runDiagnostics', { ...ping, ipaddress }, /ipaddress/],
  ),
  ['runDiagnostics', { ...ping, ipaddress: '10.1.1.1\n-f' }, /ipaddress/],
  ['runDiagnostics', { ...ping, type: 'arping', ipaddress: '2001:db8::1' }, /ipaddress is not an IPv4 address/],
  ['runDiagnostics', { ...ping, type: 'arping', ipaddress: 'www.example.org' }, /ipaddress is not an IPv4 address/],
  ...['-f', '-c', '-c 0', '-c 99', '-c 5 -c 5', '-I lo', '-I eth1;reboot', '-c 5 10.1.1.9', '-p ff', "-c '5'"].map(
    (params): Refusal => ['runDiagnostics', { ...ping, params }, /params/],
  ),
  ['runDiagnostics', { ...ping, params: '-c 5\n-f' }, /params/],
  ['runDiagnostics', { ...ping, type: 'traceroute', params: '-m 31' }, /params has .*31.* after -m/],
  ['explainRouterPacket', packet, /no router has the id/],
  ['explainRouterPacket', { ...packet, source: '10.1.1.2/24' }, /source/],
  ['explainRouterPacket', { ...packet, source: '010.1.1.2' }, /source/],
  ['explainRouterPacket', { ...packet, destination: '2001:db8::1' }, /destination is not of the same family/],
  ['explainRouterPacket', { ...packet, source: '2001:DB8::1', destination: '2001:db8::2' }, /no router has the id/],
  ['explainRouterPacket', { ...packet, source: 'fe80::1%eth1' }, /source.*is not an IPv4 or IPv6 address/],
  ['explainRouterPacket', { ...packet, source: '::ffff:10.1.1.2' }, /source/],
  ['explainRouterPacket', { ...packet, source: '2001:db8::1\n' }, /source/],
  ['explainRouterPacket', { ...packet, destination: '192.0.2.1" drop' }, /destination/],
  ['explainRouterPacket', { ...packet, protocol: 'sctp' }, /protocol: 'sctp' is not one of tcp, udp, icmp/],
  ['explainRouterPacket', { ...packet, protocol: 'icmp' }, /port is needed for tcp and udp, and only there/],
  ['explainRouterPacket', { ...packet, port: '0' }, /port/],
  ['explainRouterPacket', { ...packet, port: '65536' }, /port/],
  ['explainRouterPacket', { ...packet, port: '80-90' }, /port/],
  ['getRouterHealthCheckResults', {}, /routerid is required/],
  ['getRouterHealthCheckResults', { routerid: NOBODY }, /no router has the id/],
  ['getRouterHealthCheckResults', { routerid: NOBODY, performfreshchecks: 'perhaps' }, /performfreshchecks/],
]

it.each(refusals)('%s %j', async (command, params, said) => {
  const { status, body } = await api.call(command, params)
  expect(status).toBe(431)
  expect(JSON.stringify(body)).toMatch(said)
  const jobs = await api.db.selectFrom('async_job').select('id').execute()
  expect(jobs).toEqual([])
})
