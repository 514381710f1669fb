import type { Command } from '../command.ts'
import { listApis } from './list-apis.ts'
import { listCapabilities } from './list-capabilities.ts'

export const discoveryCommands: readonly Command[] = [listApis, listCapabilities]
