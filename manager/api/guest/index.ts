import type { Command } from '../command.ts'
import { changeServiceForVirtualMachine } from './change-service-for-virtual-machine.ts'
import { deployVirtualMachine } from './deploy-virtual-machine.ts'
import { destroyVirtualMachine } from './destroy-virtual-machine.ts'
import { expungeVirtualMachine } from './expunge-virtual-machine.ts'
import { getVMPassword } from './get-vm-password.ts'
import { listVirtualMachines } from './list-virtual-machines.ts'
import { migrateVirtualMachine } from './migrate-virtual-machine.ts'
import { rebootVirtualMachine } from './reboot-virtual-machine.ts'
import { recoverVirtualMachine } from './recover-virtual-machine.ts'
import { resetPasswordForVirtualMachine } from './reset-password-for-virtual-machine.ts'
import { restoreVirtualMachine } from './restore-virtual-machine.ts'
import { scaleVirtualMachine } from './scale-virtual-machine.ts'
import { startVirtualMachine } from './start-virtual-machine.ts'
import { stopVirtualMachine } from './stop-virtual-machine.ts'
import { updateVirtualMachine } from './update-virtual-machine.ts'

export const guestCommands: readonly Command[] = [
  changeServiceForVirtualMachine,
  deployVirtualMachine,
  destroyVirtualMachine,
  expungeVirtualMachine,
  getVMPassword,
  listVirtualMachines,
  migrateVirtualMachine,
  rebootVirtualMachine,
  recoverVirtualMachine,
  resetPasswordForVirtualMachine,
  restoreVirtualMachine,
  scaleVirtualMachine,
  startVirtualMachine,
  stopVirtualMachine,
  updateVirtualMachine,
]
