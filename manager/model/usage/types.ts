/** CloudStack's numbers of what is counted, with the unit of the raw figure. */
export const usageTypes = [
  { id: 1, name: 'RUNNING_VM', description: 'Running guests', unit: 'Hrs' },
  { id: 2, name: 'ALLOCATED_VM', description: 'Guests, running or not', unit: 'Hrs' },
  { id: 3, name: 'IP_ADDRESS', description: 'Public addresses', unit: 'Hrs' },
  { id: 4, name: 'NETWORK_BYTES_SENT', description: 'Bytes that networks and VPCs sent', unit: 'Bytes' },
  { id: 5, name: 'NETWORK_BYTES_RECEIVED', description: 'Bytes that networks and VPCs got', unit: 'Bytes' },
  { id: 11, name: 'LOAD_BALANCER_POLICY', description: 'Load balancer rules', unit: 'Hrs' },
  { id: 12, name: 'PORT_FORWARDING_RULE', description: 'Port forwarding rules', unit: 'Hrs' },
  { id: 30, name: 'NETWORK', description: 'Networks', unit: 'Hrs' },
  { id: 31, name: 'VPC', description: 'VPCs', unit: 'Hrs' },
] as const

export const [BYTES_SENT, BYTES_RECEIVED] = [4, 5] as const

/** `name for 3.5 hours` */
export const unitOf = (type: number): 'Hrs' | 'Bytes' => usageTypes.find(({ id }) => id === type)?.unit ?? 'Hrs'
