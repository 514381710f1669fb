import { accountCommands } from './account/index.ts'
import { affinityCommands } from './affinity/index.ts'
import { alertCommands } from './alert/index.ts'
import { asnCommands } from './asn/index.ts'
import { bgppeerCommands } from './bgppeer/index.ts'
import { capacityCommands } from './capacity/index.ts'
import { clusterCommands } from './cluster/index.ts'
import type { Command } from './command.ts'
import { configurationCommands } from './configuration/index.ts'
import { consoleCommands } from './console/index.ts'
import { detailCommands } from './detail/index.ts'
import { diagnosisCommands } from './diagnosis/index.ts'
import { discoveryCommands } from './discovery/index.ts'
import { diskofferingCommands } from './diskoffering/index.ts'
import { domainCommands } from './domain/index.ts'
import { egressfirewallCommands } from './egressfirewall/index.ts'
import { eventCommands } from './event/index.ts'
import { firewallCommands } from './firewall/index.ts'
import { guestCommands } from './guest/index.ts'
import { hostCommands } from './host/index.ts'
import { imagestoreCommands } from './imagestore/index.ts'
import { instancegroupCommands } from './instancegroup/index.ts'
import { internallbCommands } from './internallb/index.ts'
import { ipforwardingCommands } from './ipforwarding/index.ts'
import { ipv4subnetCommands } from './ipv4subnet/index.ts'
import { ipv6Commands } from './ipv6/index.ts'
import { ipv6firewallCommands } from './ipv6firewall/index.ts'
import { isoCommands } from './iso/index.ts'
import { jobCommands } from './job/index.ts'
import { lbhealthcheckCommands } from './lbhealthcheck/index.ts'
import { lbstickinessCommands } from './lbstickiness/index.ts'
import { ldapCommands } from './ldap/index.ts'
import { limitCommands } from './limit/index.ts'
import { loadbalancerCommands } from './loadbalancer/index.ts'
import { loginCommands } from './login/index.ts'
import { managementserverCommands } from './managementserver/index.ts'
import { metricsCommands } from './metrics/index.ts'
import { netbootCommands } from './netboot/index.ts'
import { networkCommands } from './network/index.ts'
import { networkaclCommands } from './networkacl/index.ts'
import { networkofferingCommands } from './networkoffering/index.ts'
import { nicCommands } from './nic/index.ts'
import { ostypeCommands } from './ostype/index.ts'
import { physicalnetworkCommands } from './physicalnetwork/index.ts'
import { podCommands } from './pod/index.ts'
import { portforwardingCommands } from './portforwarding/index.ts'
import { privategatewayCommands } from './privategateway/index.ts'
import { projectCommands } from './project/index.ts'
import { providerCommands } from './provider/index.ts'
import { publicipCommands } from './publicip/index.ts'
import { remoteAccessCommands } from './remoteaccess/index.ts'
import { roleCommands } from './role/index.ts'
import { routerCommands } from './router/index.ts'
import { routingfirewallCommands } from './routingfirewall/index.ts'
import { securitygroupCommands } from './securitygroup/index.ts'
import { serviceofferingCommands } from './serviceoffering/index.ts'
import { snapshotCommands } from './snapshot/index.ts'
import { sshkeypairCommands } from './sshkeypair/index.ts'
import { sslcertCommands } from './sslcert/index.ts'
import { staticnatCommands } from './staticnat/index.ts'
import { staticrouteCommands } from './staticroute/index.ts'
import { storagepoolCommands } from './storagepool/index.ts'
import { systemvmCommands } from './systemvm/index.ts'
import { tagCommands } from './tag/index.ts'
import { templateCommands } from './template/index.ts'
import { trafficCommands } from './traffic/index.ts'
import { traffictypeCommands } from './traffictype/index.ts'
import { usageCommands } from './usage/index.ts'
import { userCommands } from './user/index.ts'
import { userdataCommands } from './userdata/index.ts'
import { vmsnapshotCommands } from './vmsnapshot/index.ts'
import { volumeCommands } from './volume/index.ts'
import { vpcCommands } from './vpc/index.ts'
import { vpcofferingCommands } from './vpcoffering/index.ts'
import { vpnCommands } from './vpn/index.ts'
import { zoneCommands } from './zone/index.ts'

const topics: readonly (readonly Command[])[] = [
  alertCommands,
  affinityCommands,
  accountCommands,
  asnCommands,
  bgppeerCommands,
  capacityCommands,
  clusterCommands,
  configurationCommands,
  consoleCommands,
  detailCommands,
  diagnosisCommands,
  discoveryCommands,
  diskofferingCommands,
  domainCommands,
  egressfirewallCommands,
  firewallCommands,
  eventCommands,
  guestCommands,
  imagestoreCommands,
  hostCommands,
  instancegroupCommands,
  internallbCommands,
  ipforwardingCommands,
  ipv4subnetCommands,
  ipv6Commands,
  ipv6firewallCommands,
  isoCommands,
  jobCommands,
  lbhealthcheckCommands,
  lbstickinessCommands,
  ldapCommands,
  limitCommands,
  loadbalancerCommands,
  managementserverCommands,
  loginCommands,
  metricsCommands,
  netbootCommands,
  networkCommands,
  networkaclCommands,
  networkofferingCommands,
  nicCommands,
  ostypeCommands,
  physicalnetworkCommands,
  podCommands,
  portforwardingCommands,
  privategatewayCommands,
  projectCommands,
  providerCommands,
  publicipCommands,
  remoteAccessCommands,
  roleCommands,
  routerCommands,
  routingfirewallCommands,
  securitygroupCommands,
  serviceofferingCommands,
  snapshotCommands,
  sshkeypairCommands,
  sslcertCommands,
  storagepoolCommands,
  staticnatCommands,
  staticrouteCommands,
  systemvmCommands,
  tagCommands,
  templateCommands,
  trafficCommands,
  traffictypeCommands,
  usageCommands,
  userCommands,
  userdataCommands,
  vmsnapshotCommands,
  volumeCommands,
  vpcCommands,
  vpcofferingCommands,
  vpnCommands,
  zoneCommands,
]

/** Every command of the query API, in the order of listApis. */
export const commands: readonly Command[] = topics
  .flat()
  .toSorted((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1))
