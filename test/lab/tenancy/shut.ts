import type { Command } from '@sysvm/manager/api/command'
import { commands } from '@sysvm/manager/api/commands'
import { grows } from '@sysvm/manager/api/growth'
import { openTo } from '@sysvm/manager/model/ownership'
import { goodCall } from '../badinput/good.ts'
import { type Tenants, takesOwner } from './lab.ts'
import { references } from './walk.ts'

/** Whether the call names something that an account has. */
const namesThings = (command: Command, call: Readonly<Record<string, string>>): boolean =>
  references.some(
    (one) =>
      one.command === command &&
      one.tables.some((table) => openTo(table) === 'account') &&
      Object.keys(call).some((name) => name.split('[')[0] === one.parameter),
  )

/** Every command that gives somebody something or has something run, as the administrator calls it for Alice. */
export const growingCalls = ({ at, domains }: Tenants) =>
  commands.flatMap((command) => {
    if (!grows(command.name)) return []
    const good = goodCall(command, at)
    const owned = takesOwner.has(command.name) || command.name === 'createProject'
    const call = owned ? { ...good, account: 'alice', domainid: domains.sales } : good
    return owned || namesThings(command, good) ? [{ command: command.name, call }] : []
  })
