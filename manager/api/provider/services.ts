/** What a virtual router does for its network, in CloudStack's words. */
export const routerServices = ['Dhcp', 'Dns', 'SourceNat', 'Firewall', 'UserData'] as const
