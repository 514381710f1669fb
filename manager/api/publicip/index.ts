import type { Command } from '../command.ts'
import { associateIpAddress } from './associate-ip-address.ts'
import { createVlanIpRange } from './create-vlan-ip-range.ts'
import { dedicatePublicIpRange } from './dedicate-public-ip-range.ts'
import { deleteVlanIpRange } from './delete-vlan-ip-range.ts'
import { disassociateIpAddress } from './disassociate-ip-address.ts'
import { listPublicIpAddresses } from './list-public-ip-addresses.ts'
import { listVlanIpRanges } from './list-vlan-ip-ranges.ts'
import { releaseIpAddress } from './release-ip-address.ts'
import { releasePublicIpRange } from './release-public-ip-range.ts'
import { reserveIpAddress } from './reserve-ip-address.ts'
import { updateIpAddress } from './update-ip-address.ts'
import { updateVlanIpRange } from './update-vlan-ip-range.ts'

export const publicipCommands: readonly Command[] = [
  associateIpAddress,
  createVlanIpRange,
  dedicatePublicIpRange,
  deleteVlanIpRange,
  disassociateIpAddress,
  listPublicIpAddresses,
  listVlanIpRanges,
  releaseIpAddress,
  releasePublicIpRange,
  reserveIpAddress,
  updateIpAddress,
  updateVlanIpRange,
]
