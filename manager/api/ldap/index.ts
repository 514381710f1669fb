import type { Command } from '../command.ts'
import { listLdapConfigurations } from './list-ldap-configurations.ts'

export const ldapCommands: readonly Command[] = [listLdapConfigurations]
