import type { Command } from '../command.ts'
import { addIpToNic } from './add-ip-to-nic.ts'
import { listNics } from './list-nics.ts'
import { removeIpFromNic } from './remove-ip-from-nic.ts'
import { updateVmNicIp } from './update-vm-nic-ip.ts'

export const nicCommands: readonly Command[] = [addIpToNic, listNics, removeIpFromNic, updateVmNicIp]
