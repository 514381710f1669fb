import { createASNRange } from './asn/create-asn-range.ts'
import { deleteASNRange } from './asn/delete-asn-range.ts'
import { listASNumbers } from './asn/list-as-numbers.ts'
import { listASNRanges } from './asn/list-asn-ranges.ts'
import { releaseASNumber } from './asn/release-as-number.ts'
import { changeBgpPeersForNetwork } from './bgppeer/change-bgp-peers-for-network.ts'
import { changeBgpPeersForVpc } from './bgppeer/change-bgp-peers-for-vpc.ts'
import { createBgpPeer } from './bgppeer/create-bgp-peer.ts'
import { dedicateBgpPeer } from './bgppeer/dedicate-bgp-peer.ts'
import { deleteBgpPeer } from './bgppeer/delete-bgp-peer.ts'
import { listBgpPeers } from './bgppeer/list-bgp-peers.ts'
import { releaseBgpPeer } from './bgppeer/release-bgp-peer.ts'
import { updateBgpPeer } from './bgppeer/update-bgp-peer.ts'
import { addCluster } from './cluster/add-cluster.ts'
import { deleteCluster } from './cluster/delete-cluster.ts'
import { listClusters } from './cluster/list-clusters.ts'
import { listHypervisors } from './cluster/list-hypervisors.ts'
import { updateCluster } from './cluster/update-cluster.ts'
import type { Command } from './command.ts'
import { listConfigurations } from './configuration/list-configurations.ts'
import { updateConfiguration } from './configuration/update-configuration.ts'
import { getConsoleLog } from './console/get-console-log.ts'
import { explainRouterPacket } from './diagnosis/explain-router-packet.ts'
import { runDiagnostics } from './diagnosis/run-diagnostics.ts'
import { listApis } from './discovery/list-apis.ts'
import { listCapabilities } from './discovery/list-capabilities.ts'
import { createEgressFirewallRule } from './egressfirewall/create-egress-firewall-rule.ts'
import { deleteEgressFirewallRule } from './egressfirewall/delete-egress-firewall-rule.ts'
import { listEgressFirewallRules } from './egressfirewall/list-egress-firewall-rules.ts'
import { updateEgressFirewallRule } from './egressfirewall/update-egress-firewall-rule.ts'
import { createFirewallRule } from './firewall/create-firewall-rule.ts'
import { deleteFirewallRule } from './firewall/delete-firewall-rule.ts'
import { listFirewallRules } from './firewall/list-firewall-rules.ts'
import { updateFirewallRule } from './firewall/update-firewall-rule.ts'
import { deployVirtualMachine } from './guest/deploy-virtual-machine.ts'
import { destroyVirtualMachine } from './guest/destroy-virtual-machine.ts'
import { expungeVirtualMachine } from './guest/expunge-virtual-machine.ts'
import { getVMPassword } from './guest/get-vm-password.ts'
import { listVirtualMachines } from './guest/list-virtual-machines.ts'
import { rebootVirtualMachine } from './guest/reboot-virtual-machine.ts'
import { recoverVirtualMachine } from './guest/recover-virtual-machine.ts'
import { resetPasswordForVirtualMachine } from './guest/reset-password-for-virtual-machine.ts'
import { startVirtualMachine } from './guest/start-virtual-machine.ts'
import { stopVirtualMachine } from './guest/stop-virtual-machine.ts'
import { updateVirtualMachine } from './guest/update-virtual-machine.ts'
import { addHost } from './host/add-host.ts'
import { deleteHost } from './host/delete-host.ts'
import { listHosts } from './host/list-hosts.ts'
import { reconnectHost } from './host/reconnect-host.ts'
import { updateHost } from './host/update-host.ts'
import { configureInternalLoadBalancerElement } from './internallb/configure-internal-load-balancer-element.ts'
import { createInternalLoadBalancerElement } from './internallb/create-internal-load-balancer-element.ts'
import { createLoadBalancer } from './internallb/create-load-balancer.ts'
import { deleteLoadBalancer } from './internallb/delete-load-balancer.ts'
import { listInternalLoadBalancerElements } from './internallb/list-internal-load-balancer-elements.ts'
import { listInternalLoadBalancerVMs } from './internallb/list-internal-load-balancer-vms.ts'
import { listLoadBalancers } from './internallb/list-load-balancers.ts'
import { updateLoadBalancer } from './internallb/update-load-balancer.ts'
import { createIpForwardingRule } from './ipforwarding/create-ip-forwarding-rule.ts'
import { deleteIpForwardingRule } from './ipforwarding/delete-ip-forwarding-rule.ts'
import { listIpForwardingRules } from './ipforwarding/list-ip-forwarding-rules.ts'
import { createIpv4SubnetForGuestNetwork } from './ipv4subnet/create-guest-subnet.ts'
import { createIpv4SubnetForZone } from './ipv4subnet/create-zone-subnet.ts'
import { deleteIpv4SubnetForGuestNetwork } from './ipv4subnet/delete-guest-subnet.ts'
import { deleteIpv4SubnetForZone } from './ipv4subnet/delete-zone-subnet.ts'
import { listIpv4SubnetsForGuestNetwork } from './ipv4subnet/list-guest-subnets.ts'
import { listIpv4SubnetsForZone } from './ipv4subnet/list-zone-subnets.ts'
import { createGuestNetworkIpv6Prefix } from './ipv6/create-guest-network-ipv6-prefix.ts'
import { deleteGuestNetworkIpv6Prefix } from './ipv6/delete-guest-network-ipv6-prefix.ts'
import { listGuestNetworkIpv6Prefixes } from './ipv6/list-guest-network-ipv6-prefixes.ts'
import { createIpv6FirewallRule } from './ipv6firewall/create-ipv6-firewall-rule.ts'
import { deleteIpv6FirewallRule } from './ipv6firewall/delete-ipv6-firewall-rule.ts'
import { listIpv6FirewallRules } from './ipv6firewall/list-ipv6-firewall-rules.ts'
import { updateIpv6FirewallRule } from './ipv6firewall/update-ipv6-firewall-rule.ts'
import { listAsyncJobs } from './job/list-async-jobs.ts'
import { queryAsyncJobResult } from './job/query-async-job-result.ts'
import { createLBHealthCheckPolicy } from './lbhealthcheck/create-lb-health-check-policy.ts'
import { deleteLBHealthCheckPolicy } from './lbhealthcheck/delete-lb-health-check-policy.ts'
import { listLBHealthCheckPolicies } from './lbhealthcheck/list-lb-health-check-policies.ts'
import { updateLBHealthCheckPolicy } from './lbhealthcheck/update-lb-health-check-policy.ts'
import { createLBStickinessPolicy } from './lbstickiness/create-lb-stickiness-policy.ts'
import { deleteLBStickinessPolicy } from './lbstickiness/delete-lb-stickiness-policy.ts'
import { listLBStickinessPolicies } from './lbstickiness/list-lb-stickiness-policies.ts'
import { updateLBStickinessPolicy } from './lbstickiness/update-lb-stickiness-policy.ts'
import { assignToLoadBalancerRule } from './loadbalancer/assign-to-load-balancer-rule.ts'
import { createLoadBalancerRule } from './loadbalancer/create-load-balancer-rule.ts'
import { deleteLoadBalancerRule } from './loadbalancer/delete-load-balancer-rule.ts'
import { listLoadBalancerRuleInstances } from './loadbalancer/list-load-balancer-rule-instances.ts'
import { listLoadBalancerRules } from './loadbalancer/list-load-balancer-rules.ts'
import { removeFromLoadBalancerRule } from './loadbalancer/remove-from-load-balancer-rule.ts'
import { updateLoadBalancerRule } from './loadbalancer/update-load-balancer-rule.ts'
import { listVirtualMachineNetboots } from './netboot/list-virtual-machine-netboots.ts'
import { setVirtualMachineNetboot } from './netboot/set-virtual-machine-netboot.ts'
import { createNetwork } from './network/create-network.ts'
import { deleteNetwork } from './network/delete-network.ts'
import { listNetworks } from './network/list-networks.ts'
import { restartNetwork } from './network/restart-network.ts'
import { updateNetwork } from './network/update-network.ts'
import { createNetworkACL } from './networkacl/create-network-acl.ts'
import { createNetworkACLList } from './networkacl/create-network-acl-list.ts'
import { deleteNetworkACL } from './networkacl/delete-network-acl.ts'
import { deleteNetworkACLList } from './networkacl/delete-network-acl-list.ts'
import { listNetworkACLLists } from './networkacl/list-network-acl-lists.ts'
import { listNetworkACLs } from './networkacl/list-network-acls.ts'
import { moveNetworkAclItem } from './networkacl/move-network-acl-item.ts'
import { replaceNetworkACLList } from './networkacl/replace-network-acl-list.ts'
import { updateNetworkACLItem } from './networkacl/update-network-acl-item.ts'
import { updateNetworkACLList } from './networkacl/update-network-acl-list.ts'
import { createNetworkOffering } from './networkoffering/create-network-offering.ts'
import { deleteNetworkOffering } from './networkoffering/delete-network-offering.ts'
import { listNetworkOfferings } from './networkoffering/list-network-offerings.ts'
import { updateNetworkOffering } from './networkoffering/update-network-offering.ts'
import { addIpToNic } from './nic/add-ip-to-nic.ts'
import { listNics } from './nic/list-nics.ts'
import { removeIpFromNic } from './nic/remove-ip-from-nic.ts'
import { updateVmNicIp } from './nic/update-vm-nic-ip.ts'
import { createPhysicalNetwork } from './physicalnetwork/create-physical-network.ts'
import { deletePhysicalNetwork } from './physicalnetwork/delete-physical-network.ts'
import { listPhysicalNetworks } from './physicalnetwork/list-physical-networks.ts'
import { updatePhysicalNetwork } from './physicalnetwork/update-physical-network.ts'
import { createPod } from './pod/create-pod.ts'
import { deletePod } from './pod/delete-pod.ts'
import { listPods } from './pod/list-pods.ts'
import { updatePod } from './pod/update-pod.ts'
import { createPortForwardingRule } from './portforwarding/create-port-forwarding-rule.ts'
import { deletePortForwardingRule } from './portforwarding/delete-port-forwarding-rule.ts'
import { listPortForwardingRules } from './portforwarding/list-port-forwarding-rules.ts'
import { updatePortForwardingRule } from './portforwarding/update-port-forwarding-rule.ts'
import { createPrivateGateway } from './privategateway/create-private-gateway.ts'
import { deletePrivateGateway } from './privategateway/delete-private-gateway.ts'
import { listPrivateGateways } from './privategateway/list-private-gateways.ts'
import { addNetworkServiceProvider } from './provider/add-network-service-provider.ts'
import { configureVirtualRouterElement } from './provider/configure-virtual-router-element.ts'
import { listNetworkServiceProviders } from './provider/list-network-service-providers.ts'
import { listSupportedNetworkServices } from './provider/list-supported-network-services.ts'
import { listVirtualRouterElements } from './provider/list-virtual-router-elements.ts'
import { updateNetworkServiceProvider } from './provider/update-network-service-provider.ts'
import { associateIpAddress } from './publicip/associate-ip-address.ts'
import { createVlanIpRange } from './publicip/create-vlan-ip-range.ts'
import { deleteVlanIpRange } from './publicip/delete-vlan-ip-range.ts'
import { disassociateIpAddress } from './publicip/disassociate-ip-address.ts'
import { listPublicIpAddresses } from './publicip/list-public-ip-addresses.ts'
import { listVlanIpRanges } from './publicip/list-vlan-ip-ranges.ts'
import { releaseIpAddress } from './publicip/release-ip-address.ts'
import { reserveIpAddress } from './publicip/reserve-ip-address.ts'
import { updateIpAddress } from './publicip/update-ip-address.ts'
import { destroyRouter } from './router/destroy-router.ts'
import { getRouterControl } from './router/get-router-control.ts'
import { getRouterDrift } from './router/get-router-drift.ts'
import { getRouterHealthCheckResults } from './router/get-router-health-check-results.ts'
import { getRouterLog } from './router/get-router-log.ts'
import { getRouterPlan } from './router/get-router-plan.ts'
import { getRouterStatus } from './router/get-router-status.ts'
import { listRouters } from './router/list-routers.ts'
import { rebootRouter } from './router/reboot-router.ts'
import { startRouter } from './router/start-router.ts'
import { stopRouter } from './router/stop-router.ts'
import { createRoutingFirewallRule } from './routingfirewall/create-routing-firewall-rule.ts'
import { deleteRoutingFirewallRule } from './routingfirewall/delete-routing-firewall-rule.ts'
import { listRoutingFirewallRules } from './routingfirewall/list-routing-firewall-rules.ts'
import { updateRoutingFirewallRule } from './routingfirewall/update-routing-firewall-rule.ts'
import { createServiceOffering } from './serviceoffering/create-service-offering.ts'
import { deleteServiceOffering } from './serviceoffering/delete-service-offering.ts'
import { listServiceOfferings } from './serviceoffering/list-service-offerings.ts'
import { createSSHKeyPair } from './sshkeypair/create-ssh-key-pair.ts'
import { deleteSSHKeyPair } from './sshkeypair/delete-ssh-key-pair.ts'
import { listSSHKeyPairs } from './sshkeypair/list-ssh-key-pairs.ts'
import { registerSSHKeyPair } from './sshkeypair/register-ssh-key-pair.ts'
import { resetSSHKeyForVirtualMachine } from './sshkeypair/reset-ssh-key-for-virtual-machine.ts'
import { assignCertToLoadBalancer } from './sslcert/assign-cert-to-load-balancer.ts'
import { deleteSslCert } from './sslcert/delete-ssl-cert.ts'
import { listSslCerts } from './sslcert/list-ssl-certs.ts'
import { removeCertFromLoadBalancer } from './sslcert/remove-cert-from-load-balancer.ts'
import { uploadSslCert } from './sslcert/upload-ssl-cert.ts'
import { disableStaticNat } from './staticnat/disable-static-nat.ts'
import { enableStaticNat } from './staticnat/enable-static-nat.ts'
import { createStaticRoute } from './staticroute/create-static-route.ts'
import { deleteStaticRoute } from './staticroute/delete-static-route.ts'
import { listStaticRoutes } from './staticroute/list-static-routes.ts'
import { listTemplates } from './template/list-templates.ts'
import { listNetworkTraffic } from './traffic/list-network-traffic.ts'
import { addTrafficType } from './traffictype/add-traffic-type.ts'
import { listTrafficTypes } from './traffictype/list-traffic-types.ts'
import { updateTrafficType } from './traffictype/update-traffic-type.ts'
import { deleteUserData } from './userdata/delete-user-data.ts'
import { getVirtualMachineUserData } from './userdata/get-virtual-machine-user-data.ts'
import { listUserData } from './userdata/list-user-data.ts'
import { registerUserData } from './userdata/register-user-data.ts'
import { resetUserDataForVirtualMachine } from './userdata/reset-user-data-for-virtual-machine.ts'
import { createVPC } from './vpc/create-vpc.ts'
import { deleteVPC } from './vpc/delete-vpc.ts'
import { listVPCs } from './vpc/list-vpcs.ts'
import { restartVPC } from './vpc/restart-vpc.ts'
import { updateVPC } from './vpc/update-vpc.ts'
import { createVPCOffering } from './vpcoffering/create-vpc-offering.ts'
import { deleteVPCOffering } from './vpcoffering/delete-vpc-offering.ts'
import { listVPCOfferings } from './vpcoffering/list-vpc-offerings.ts'
import { updateVPCOffering } from './vpcoffering/update-vpc-offering.ts'
import { createZone } from './zone/create-zone.ts'
import { deleteZone } from './zone/delete-zone.ts'
import { listZones } from './zone/list-zones.ts'
import { updateZone } from './zone/update-zone.ts'

/** Every command of the query API, in the order of listApis. */

export const commands: readonly Command[] = [
  addCluster,
  addHost,
  addIpToNic,
  addNetworkServiceProvider,
  addTrafficType,
  assignCertToLoadBalancer,
  assignToLoadBalancerRule,
  associateIpAddress,
  changeBgpPeersForNetwork,
  changeBgpPeersForVpc,
  configureInternalLoadBalancerElement,
  configureVirtualRouterElement,
  createASNRange,
  createBgpPeer,
  createEgressFirewallRule,
  createFirewallRule,
  createGuestNetworkIpv6Prefix,
  createInternalLoadBalancerElement,
  createIpForwardingRule,
  createIpv4SubnetForGuestNetwork,
  createIpv4SubnetForZone,
  createIpv6FirewallRule,
  createLBHealthCheckPolicy,
  createLBStickinessPolicy,
  createLoadBalancer,
  createLoadBalancerRule,
  createNetwork,
  createNetworkACL,
  createNetworkACLList,
  createNetworkOffering,
  createPhysicalNetwork,
  createPod,
  createPortForwardingRule,
  createPrivateGateway,
  createRoutingFirewallRule,
  createServiceOffering,
  createSSHKeyPair,
  createStaticRoute,
  createVlanIpRange,
  createVPC,
  createVPCOffering,
  createZone,
  dedicateBgpPeer,
  deleteASNRange,
  deleteBgpPeer,
  deleteCluster,
  deleteEgressFirewallRule,
  deleteFirewallRule,
  deleteGuestNetworkIpv6Prefix,
  deleteHost,
  deleteIpForwardingRule,
  deleteIpv4SubnetForGuestNetwork,
  deleteIpv4SubnetForZone,
  deleteIpv6FirewallRule,
  deleteLBHealthCheckPolicy,
  deleteLBStickinessPolicy,
  deleteLoadBalancer,
  deleteLoadBalancerRule,
  deleteNetwork,
  deleteNetworkACL,
  deleteNetworkACLList,
  deleteNetworkOffering,
  deletePhysicalNetwork,
  deletePod,
  deletePortForwardingRule,
  deletePrivateGateway,
  deleteRoutingFirewallRule,
  deleteServiceOffering,
  deleteSSHKeyPair,
  deleteSslCert,
  deleteStaticRoute,
  deleteUserData,
  deleteVlanIpRange,
  deleteVPC,
  deleteVPCOffering,
  deleteZone,
  deployVirtualMachine,
  destroyRouter,
  destroyVirtualMachine,
  disableStaticNat,
  disassociateIpAddress,
  enableStaticNat,
  explainRouterPacket,
  expungeVirtualMachine,
  getConsoleLog,
  getRouterControl,
  getRouterDrift,
  getRouterHealthCheckResults,
  getRouterLog,
  getRouterPlan,
  getRouterStatus,
  getVirtualMachineUserData,
  getVMPassword,
  listApis,
  listASNRanges,
  listASNumbers,
  listAsyncJobs,
  listBgpPeers,
  listCapabilities,
  listClusters,
  listConfigurations,
  listEgressFirewallRules,
  listFirewallRules,
  listGuestNetworkIpv6Prefixes,
  listHosts,
  listHypervisors,
  listInternalLoadBalancerElements,
  listInternalLoadBalancerVMs,
  listIpForwardingRules,
  listIpv4SubnetsForGuestNetwork,
  listIpv4SubnetsForZone,
  listIpv6FirewallRules,
  listLBHealthCheckPolicies,
  listLBStickinessPolicies,
  listLoadBalancerRuleInstances,
  listLoadBalancerRules,
  listLoadBalancers,
  listNetworkACLLists,
  listNetworkACLs,
  listNetworkOfferings,
  listNetworks,
  listNetworkServiceProviders,
  listNetworkTraffic,
  listNics,
  listPhysicalNetworks,
  listPods,
  listPortForwardingRules,
  listPrivateGateways,
  listPublicIpAddresses,
  listRouters,
  listRoutingFirewallRules,
  listServiceOfferings,
  listSSHKeyPairs,
  listSslCerts,
  listStaticRoutes,
  listSupportedNetworkServices,
  listTemplates,
  listTrafficTypes,
  listUserData,
  listVirtualMachineNetboots,
  listVirtualMachines,
  listVirtualRouterElements,
  listVlanIpRanges,
  listVPCOfferings,
  listVPCs,
  listZones,
  moveNetworkAclItem,
  queryAsyncJobResult,
  rebootRouter,
  rebootVirtualMachine,
  reconnectHost,
  recoverVirtualMachine,
  registerSSHKeyPair,
  registerUserData,
  releaseASNumber,
  releaseBgpPeer,
  releaseIpAddress,
  removeCertFromLoadBalancer,
  removeFromLoadBalancerRule,
  removeIpFromNic,
  replaceNetworkACLList,
  reserveIpAddress,
  resetPasswordForVirtualMachine,
  resetSSHKeyForVirtualMachine,
  resetUserDataForVirtualMachine,
  restartNetwork,
  restartVPC,
  runDiagnostics,
  setVirtualMachineNetboot,
  startRouter,
  startVirtualMachine,
  stopRouter,
  stopVirtualMachine,
  updateBgpPeer,
  updateCluster,
  updateConfiguration,
  updateEgressFirewallRule,
  updateFirewallRule,
  updateHost,
  updateIpAddress,
  updateIpv6FirewallRule,
  updateLBHealthCheckPolicy,
  updateLBStickinessPolicy,
  updateLoadBalancer,
  updateLoadBalancerRule,
  updateNetwork,
  updateNetworkACLItem,
  updateNetworkACLList,
  updateNetworkOffering,
  updateNetworkServiceProvider,
  updatePhysicalNetwork,
  updatePod,
  updatePortForwardingRule,
  updateRoutingFirewallRule,
  updateTrafficType,
  updateVirtualMachine,
  updateVmNicIp,
  updateVPC,
  updateVPCOffering,
  updateZone,
  uploadSslCert,
]
