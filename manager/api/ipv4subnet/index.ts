import type { Command } from '../command.ts'
import { createIpv4SubnetForGuestNetwork } from './create-guest-subnet.ts'
import { createIpv4SubnetForZone } from './create-zone-subnet.ts'
import { deleteIpv4SubnetForGuestNetwork } from './delete-guest-subnet.ts'
import { deleteIpv4SubnetForZone } from './delete-zone-subnet.ts'
import { listIpv4SubnetsForGuestNetwork } from './list-guest-subnets.ts'
import { listIpv4SubnetsForZone } from './list-zone-subnets.ts'

export const ipv4subnetCommands: readonly Command[] = [
  createIpv4SubnetForGuestNetwork,
  createIpv4SubnetForZone,
  deleteIpv4SubnetForGuestNetwork,
  deleteIpv4SubnetForZone,
  listIpv4SubnetsForGuestNetwork,
  listIpv4SubnetsForZone,
]
