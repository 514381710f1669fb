import type { Call } from '../../simulator/api.ts'
import type { Topology } from '../badinput/topology.ts'
import { idOf, list } from '../balanced.ts'
import { issue } from '../certificates.ts'
import { make } from '../refusals.ts'

const netmask = '255.255.255.0'

/** What a user makes without an administrator, under names and addresses that another tenant has as well. */
export const makeOwnThings = async (call: Call, at: Topology): Promise<void> => {
  const zoneid = at.zone
  const network = (name: string, gateway: string, more: Readonly<Record<string, string>>) =>
    make(call, 'createNetwork', { zoneid, name, gateway, netmask, ...more })
  const networkid = await network('n1', '10.5.0.1', { networkofferingid: at.offering })
  const keypair = await make(call, 'createSSHKeyPair', { name: 'key' })
  await make(call, 'addVpnUser', { username: 'ann', password: 'correct-horse' })
  const userdataid = await make(call, 'registerUserData', { name: 'shared', userdata: btoa('x') })
  const guest = { zoneid, serviceofferingid: at.serviceoffering, templateid: at.template, startvm: 'false' }
  const virtualmachineid = await make(call, 'deployVirtualMachine', {
    ...{ ...guest, networkids: networkid, name: 'one', userdataid, keypair: 'key' },
  })
  const [nic] = await list(call, 'listNics', 'nic', { virtualmachineid })
  await make(call, 'addIpToNic', { nicid: idOf(nic) })
  const ipaddressid = await make(call, 'associateIpAddress', { networkid })
  const ports = { protocol: 'tcp', publicport: '8000', privateport: '80' }
  await make(call, 'createPortForwardingRule', { ipaddressid, virtualmachineid, ...ports })
  await make(call, 'createFirewallRule', { ipaddressid, protocol: 'tcp', startport: '80' })
  const balanced = { algorithm: 'source', privateport: '80', publicipid: ipaddressid }
  const lbruleid = await make(call, 'createLoadBalancerRule', {
    ...{ name: 'ssl', publicport: '443', protocol: 'ssl', ...balanced },
  })
  const web = await make(call, 'createLoadBalancerRule', { name: 'web', publicport: '80', ...balanced })
  await call('createLBStickinessPolicy', { lbruleid: web, name: 's', methodname: 'SourceBased' })
  await call('createLBHealthCheckPolicy', { lbruleid: web, pingpath: '/' })
  const { certificate, key } = await issue({ subject: '/CN=bob.example' })
  const certid = await make(call, 'uploadSslCert', { name: 'a', certificate, privatekey: key })
  await make(call, 'assignCertToLoadBalancer', { lbruleid, certid })
  const vpcid = await make(call, 'createVPC', {
    ...{ zoneid, name: 'v1', cidr: '10.8.0.0/16', vpcofferingid: at.vpcoffering },
  })
  const aclid = await make(call, 'createNetworkACLList', { vpcid, name: 'a' })
  for (const number of ['1', '2'])
    await make(call, 'createNetworkACL', { aclid, protocol: 'tcp', number, startport: '80' })
  await network('t1', '10.8.1.1', { networkofferingid: at.tieroffering, vpcid, aclid })
  const s2svpngatewayid = await make(call, 'createVpnGateway', { vpcid })
  const s2scustomergatewayid = await make(call, 'createVpnCustomerGateway', {
    ...{ name: 'branch', gateway: '198.51.100.1', cidrlist: '10.60.0.0/16', ipsecpsk: 'another key' },
    ...{ ikepolicy: 'aes256-sha256;modp2048', esppolicy: 'aes256-sha256' },
  })
  await make(call, 'createVpnConnection', { s2svpngatewayid, s2scustomergatewayid })
  if (keypair === 'undefined') throw new Error('a key pair has an id')
}
