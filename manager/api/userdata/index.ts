import type { Command } from '../command.ts'
import { deleteUserData } from './delete-user-data.ts'
import { getVirtualMachineUserData } from './get-virtual-machine-user-data.ts'
import { listUserData } from './list-user-data.ts'
import { registerUserData } from './register-user-data.ts'
import { resetUserDataForVirtualMachine } from './reset-user-data-for-virtual-machine.ts'

export const userdataCommands: readonly Command[] = [
  deleteUserData,
  getVirtualMachineUserData,
  listUserData,
  registerUserData,
  resetUserDataForVirtualMachine,
]
