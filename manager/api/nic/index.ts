import type { Command } from '../command.ts'
import { addIpToNic } from './add-ip-to-nic.ts'
import { addNicToVirtualMachine } from './add-nic-to-virtual-machine.ts'
import { listNics } from './list-nics.ts'
import { removeIpFromNic } from './remove-ip-from-nic.ts'
import { removeNicFromVirtualMachine } from './remove-nic-from-virtual-machine.ts'
import { updateDefaultNicForVirtualMachine } from './update-default-nic-for-virtual-machine.ts'
import { updateVmNicIp } from './update-vm-nic-ip.ts'

export const nicCommands: readonly Command[] = [
  addIpToNic,
  addNicToVirtualMachine,
  listNics,
  removeIpFromNic,
  removeNicFromVirtualMachine,
  updateDefaultNicForVirtualMachine,
  updateVmNicIp,
]
