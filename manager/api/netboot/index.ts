import type { Command } from '../command.ts'
import { listVirtualMachineNetboots } from './list-virtual-machine-netboots.ts'
import { setVirtualMachineNetboot } from './set-virtual-machine-netboot.ts'

export const netbootCommands: readonly Command[] = [listVirtualMachineNetboots, setVirtualMachineNetboot]
