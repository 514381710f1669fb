import type { Command } from '../command.ts'
import { associateIpAddress } from './associate-ip-address.ts'
import { createVlanIpRange } from './create-vlan-ip-range.ts'
import { deleteVlanIpRange } from './delete-vlan-ip-range.ts'
import { disassociateIpAddress } from './disassociate-ip-address.ts'
import { listPublicIpAddresses } from './list-public-ip-addresses.ts'
import { listVlanIpRanges } from './list-vlan-ip-ranges.ts'
import { releaseIpAddress } from './release-ip-address.ts'
import { reserveIpAddress } from './reserve-ip-address.ts'
import { updateIpAddress } from './update-ip-address.ts'

export const publicipCommands: readonly Command[] = [
  associateIpAddress,
  createVlanIpRange,
  deleteVlanIpRange,
  disassociateIpAddress,
  listPublicIpAddresses,
  listVlanIpRanges,
  releaseIpAddress,
  reserveIpAddress,
  updateIpAddress,
]
