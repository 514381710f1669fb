import { listOf } from '@sysvm/manager/cli/client'
import { expect } from 'vitest'
import { serveHttp, until } from '../../lab/index.ts'
import { pings } from '../../lab/router/guest.ts'
import { siteText } from '../../lab/servers/site.ts'
import { startPeer } from '../../lab/servers/strongswan.ts'
import { type Cloud, idOf, plan } from './index.ts'
import { proveAll, script, watchPage } from './scripts.ts'

const PSK = 'a tunnel to the other site'
const POLICY = 'aes256-sha256;modp2048'
/** A network of the other site, and who answers in it. */
const SITE = { network: '10.200.1.0/24', address: '10.200.1.1' } as const
const METADATA = 'http://169.254.169.254/latest/meta-data/local-ipv4'

/** What a guest of a VPC has of its router, and whether it has it still. */
export interface Everything {
  /** All of it works now. */
  works(): Promise<void>
  /** A guest that boots now gets its address, its metadata and the internet. */
  boots(name: string): Promise<void>
  /** Of the other site's SA, another one for each tunnel that was begun. */
  tunnel(): Promise<string>
}

/**
 * A guest at `address` in a tier whose list lets in TCP port 80 and nothing else, with a forwarded port, an address of its own
 * by static NAT, a load balancer and a tunnel to another site outside.
 */
export const haveEverything = async (
  cloud: Cloud,
  vpc: { readonly id: string; readonly cidr: string; readonly address: string },
  tierOf: (aclid: string) => Promise<string>,
): Promise<Everything> => {
  const { run, outside, lab, patienceMs } = cloud
  const aclid = idOf(await run('createNetworkACLList', { vpcid: vpc.id, name: 'pages' }))
  const pages = { action: 'allow', traffictype: 'ingress', protocol: 'tcp', startport: 80, endport: 80 }
  await run('createNetworkACL', { aclid, number: 10, ...pages })
  const networkid = await tierOf(aclid)
  const watches = script(
    watchPage(cloud.driver, 'tunnel', `http://${SITE.address}/`),
    watchPage(cloud.driver, 'metadata', METADATA),
  )
  const guest = idOf(await cloud.deploy('app', networkid, watches, { ipaddress: vpc.address }))

  const [own, shared] = [
    await run('associateIpAddress', { vpcid: vpc.id }),
    await run('associateIpAddress', { vpcid: vpc.id }),
  ]
  await run('enableStaticNat', { ipaddressid: idOf(own), virtualmachineid: guest, networkid })
  const forward = { protocol: 'tcp', publicport: 8001, privateport: 80, networkid, virtualmachineid: guest }
  await run('createPortForwardingRule', { ipaddressid: idOf(shared), ...forward })
  const balanced = { name: 'pages', algorithm: 'roundrobin', publicport: 80, privateport: 80, networkid }
  const rule = await run('createLoadBalancerRule', { publicipid: idOf(shared), ...balanced })
  await run('assignToLoadBalancerRule', { id: idOf(rule), virtualmachineids: guest })

  const gateway = await run('createVpnGateway', { vpcid: vpc.id })
  await outside.address('lo', `${SITE.address}/32`)
  const site = await serveHttp(outside, { address: SITE.address })
  lab.defer(() => site.close())
  const text = siteText(PSK, { router: String(gateway.publicip), guests: vpc.cidr })
  const peer = await startPeer(lab, outside, text, [vpc.cidr])
  const customer = await run('createVpnCustomerGateway', {
    ...{ name: 'site', gateway: plan.public.gateway, cidrlist: SITE.network, ipsecpsk: PSK },
    ...{ ikepolicy: POLICY, esppolicy: POLICY, ikeversion: 'ikev2', dpd: true },
  })
  const ends = { s2svpngatewayid: idOf(gateway), s2scustomergatewayid: idOf(customer) }
  await run('createVpnConnection', ends)

  const page = async (url: string): Promise<string> =>
    (await outside.exec(['wget', '-q', '-T', '5', '-t', '1', '-O', '-', url])).stdout.trim()
  const answers = (url: string) =>
    until(`${url} answers`, async () => (await page(url)) === 'hello from app', { timeoutMs: patienceMs })
  const says = (key: string) =>
    until(`the guest says ${key}=ok`, async () => (await cloud.facts(guest))[key] === 'ok', { timeoutMs: patienceMs })
  return {
    works: async () => {
      await answers(`http://${own.ipaddress}/`)
      await answers(`http://${shared.ipaddress}:8001/`)
      await answers(`http://${shared.ipaddress}/`)
      // A guest would answer that, and its list does not name it.
      expect(await pings(outside, String(own.ipaddress))).toBe(false)
      await says('tunnel')
      await says('metadata')
    },
    boots: async (name) => {
      const born = await cloud.deploy(name, networkid, proveAll)
      expect(await cloud.fact(idOf(born), 'metadata-by-169')).toBe(listOf(born, 'nic')[0]?.ipaddress)
      expect(await cloud.fact(idOf(born), 'resolved')).toBe(plan.site.address)
      await run('destroyVirtualMachine', { id: idOf(born), expunge: true })
    },
    tunnel: async () => {
      const sas = await peer.swanctl('--list-sas', '--raw')
      return /uniqueid=(\d+)/.exec(sas)?.[1] ?? ''
    },
  }
}
