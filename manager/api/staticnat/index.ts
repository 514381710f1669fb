import type { Command } from '../command.ts'
import { disableStaticNat } from './disable-static-nat.ts'
import { enableStaticNat } from './enable-static-nat.ts'

export const staticnatCommands: readonly Command[] = [disableStaticNat, enableStaticNat]
