import type { Command } from '../command.ts'
import { destroySystemVm } from './destroy-system-vm.ts'
import { listSystemVms } from './list-system-vms.ts'
import { migrateSystemVm } from './migrate-system-vm.ts'
import { patchSystemVm } from './patch-system-vm.ts'
import { rebootSystemVm } from './reboot-system-vm.ts'
import { startSystemVm } from './start-system-vm.ts'
import { stopSystemVm } from './stop-system-vm.ts'

export const systemvmCommands: readonly Command[] = [
  destroySystemVm,
  listSystemVms,
  migrateSystemVm,
  patchSystemVm,
  rebootSystemVm,
  startSystemVm,
  stopSystemVm,
]
