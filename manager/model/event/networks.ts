import type { EventMap } from './kind.ts'

/** Of networks, addresses and rules. */
export const networkEvents = {
  Network: {
    'NETWORK.CREATE': ['createNetwork'],
    'NETWORK.DELETE': ['deleteNetwork'],
    'NETWORK.UPDATE': ['updateNetwork'],
    'NETWORK.RESTART': ['restartNetwork'],
    'NETWORK.BGP.PEER.UPDATE': ['changeBgpPeersForNetwork'],
    'NETWORK.PERMISSIONS.UPDATE': ['createNetworkPermissions', 'removeNetworkPermissions', 'resetNetworkPermissions'],
    'NETWORK.ACL.REPLACE': ['replaceNetworkACLList'],
  },
  IpAddress: {
    'NET.IPASSIGN': ['associateIpAddress'],
    'NET.IPRELEASE': ['disassociateIpAddress'],
    'NET.IPUPDATE': ['updateIpAddress'],
    'NET.IPRESERVE': ['reserveIpAddress'],
    'NET.IPUNRESERVE': ['releaseIpAddress'],
    'STATICNAT.ENABLE': ['enableStaticNat'],
    'STATICNAT.DISABLE': ['disableStaticNat'],
  },
  PortForwardingRule: {
    'NET.RULEADD': ['createPortForwardingRule'],
    'NET.RULEMODIFY': ['updatePortForwardingRule'],
    'NET.RULEDELETE': ['deletePortForwardingRule'],
  },
  IpForwardingRule: { 'NET.RULEADD': ['createIpForwardingRule'], 'NET.RULEDELETE': ['deleteIpForwardingRule'] },
  FirewallRule: {
    'FIREWALL.OPEN': ['createFirewallRule', 'createIpv6FirewallRule', 'createRoutingFirewallRule'],
    'FIREWALL.UPDATE': ['updateFirewallRule', 'updateIpv6FirewallRule', 'updateRoutingFirewallRule'],
    'FIREWALL.CLOSE': ['deleteFirewallRule', 'deleteIpv6FirewallRule', 'deleteRoutingFirewallRule'],
    'FIREWALL.EGRESS.OPEN': ['createEgressFirewallRule'],
    'FIREWALL.EGRESS.UPDATE': ['updateEgressFirewallRule'],
    'FIREWALL.EGRESS.CLOSE': ['deleteEgressFirewallRule'],
  },
  LoadBalancerRule: {
    'LB.CREATE': ['createLoadBalancerRule', 'createLoadBalancer'],
    'LB.UPDATE': ['updateLoadBalancerRule', 'updateLoadBalancer'],
    'LB.DELETE': ['deleteLoadBalancerRule', 'deleteLoadBalancer'],
    'LB.ASSIGN.TO.RULE': ['assignToLoadBalancerRule'],
    'LB.REMOVE.FROM.RULE': ['removeFromLoadBalancerRule'],
    'LB.CERT.ASSIGN': ['assignCertToLoadBalancer'],
    'LB.CERT.REMOVE': ['removeCertFromLoadBalancer'],
  },
  LBStickinessPolicy: {
    'LB.STICKINESSPOLICY.CREATE': ['createLBStickinessPolicy'],
    'LB.STICKINESSPOLICY.UPDATE': ['updateLBStickinessPolicy'],
    'LB.STICKINESSPOLICY.DELETE': ['deleteLBStickinessPolicy'],
  },
  LBHealthCheckPolicy: {
    'LB.HEALTHCHECKPOLICY.CREATE': ['createLBHealthCheckPolicy'],
    'LB.HEALTHCHECKPOLICY.UPDATE': ['updateLBHealthCheckPolicy'],
    'LB.HEALTHCHECKPOLICY.DELETE': ['deleteLBHealthCheckPolicy'],
  },
  SslCert: { 'LB.CERT.UPLOAD': ['uploadSslCert'], 'LB.CERT.DELETE': ['deleteSslCert'] },
  Vpc: {
    'VPC.CREATE': ['createVPC'],
    'VPC.UPDATE': ['updateVPC'],
    'VPC.DELETE': ['deleteVPC'],
    'VPC.RESTART': ['restartVPC'],
    'VPC.BGP.PEER.UPDATE': ['changeBgpPeersForVpc'],
  },
  NetworkACL: {
    'NETWORK.ACL.CREATE': ['createNetworkACLList'],
    'NETWORK.ACL.UPDATE': ['updateNetworkACLList'],
    'NETWORK.ACL.DELETE': ['deleteNetworkACLList'],
  },
  NetworkACLItem: {
    'NETWORK.ACL.ITEM.CREATE': ['createNetworkACL'],
    'NETWORK.ACL.ITEM.UPDATE': ['updateNetworkACLItem', 'moveNetworkAclItem'],
    'NETWORK.ACL.ITEM.DELETE': ['deleteNetworkACL'],
  },
  PrivateGateway: {
    'PRIVATE.GATEWAY.CREATE': ['createPrivateGateway'],
    'PRIVATE.GATEWAY.DELETE': ['deletePrivateGateway'],
  },
  StaticRoute: { 'STATIC.ROUTE.CREATE': ['createStaticRoute'], 'STATIC.ROUTE.DELETE': ['deleteStaticRoute'] },
  BgpPeer: {
    'BGP.PEER.CREATE': ['createBgpPeer'],
    'BGP.PEER.UPDATE': ['updateBgpPeer'],
    'BGP.PEER.DELETE': ['deleteBgpPeer'],
    'BGP.PEER.DEDICATE': ['dedicateBgpPeer'],
    'BGP.PEER.RELEASE': ['releaseBgpPeer'],
  },
  ASNumber: {
    'AS.RANGE.CREATE': ['createASNRange'],
    'AS.RANGE.DELETE': ['deleteASNRange'],
    'ASN.RELEASE': ['releaseASNumber'],
  },
  Ipv4Subnet: {
    'ZONE.IP4.SUBNET.CREATE': ['createIpv4SubnetForZone'],
    'ZONE.IP4.SUBNET.DELETE': ['deleteIpv4SubnetForZone'],
    'IP4.GUEST.SUBNET.CREATE': ['createIpv4SubnetForGuestNetwork'],
    'IP4.GUEST.SUBNET.DELETE': ['deleteIpv4SubnetForGuestNetwork'],
  },
  Ipv6Prefix: {
    'GUEST.IP6.PREFIX.CREATE': ['createGuestNetworkIpv6Prefix'],
    'GUEST.IP6.PREFIX.DELETE': ['deleteGuestNetworkIpv6Prefix'],
  },
  RemoteAccessVpn: {
    'VPN.REMOTE.ACCESS.CREATE': ['createRemoteAccessVpn'],
    'VPN.REMOTE.ACCESS.UPDATE': ['updateRemoteAccessVpn'],
    'VPN.REMOTE.ACCESS.DESTROY': ['deleteRemoteAccessVpn'],
    'VPN.USER.ADD': ['addVpnUser'],
    'VPN.USER.REMOVE': ['removeVpnUser'],
  },
  VpnGateway: {
    'VPN.S2S.VPN.GATEWAY.CREATE': ['createVpnGateway'],
    'VPN.S2S.VPN.GATEWAY.UPDATE': ['updateVpnGateway'],
    'VPN.S2S.VPN.GATEWAY.DELETE': ['deleteVpnGateway'],
  },
  VpnCustomerGateway: {
    'VPN.S2S.CUSTOMER.GATEWAY.CREATE': ['createVpnCustomerGateway'],
    'VPN.S2S.CUSTOMER.GATEWAY.UPDATE': ['updateVpnCustomerGateway'],
    'VPN.S2S.CUSTOMER.GATEWAY.DELETE': ['deleteVpnCustomerGateway'],
  },
  VpnConnection: {
    'VPN.S2S.CONNECTION.CREATE': ['createVpnConnection'],
    'VPN.S2S.CONNECTION.UPDATE': ['updateVpnConnection'],
    'VPN.S2S.CONNECTION.RESET': ['resetVpnConnection'],
    'VPN.S2S.CONNECTION.DELETE': ['deleteVpnConnection'],
  },
} as const satisfies EventMap
