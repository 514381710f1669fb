import type { Command } from '../command.ts'
import { listConfigurations } from './list-configurations.ts'
import { resetConfiguration } from './reset-configuration.ts'
import { updateConfiguration } from './update-configuration.ts'

export const configurationCommands: readonly Command[] = [listConfigurations, resetConfiguration, updateConfiguration]
