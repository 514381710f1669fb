import type { Command } from '../command.ts'
import { createVPC } from './create-vpc.ts'
import { deleteVPC } from './delete-vpc.ts'
import { listVPCs } from './list-vpcs.ts'
import { restartVPC } from './restart-vpc.ts'
import { updateVPC } from './update-vpc.ts'

export const vpcCommands: readonly Command[] = [createVPC, deleteVPC, listVPCs, restartVPC, updateVPC]
