import type { Command } from '../command.ts'
import { createAccount } from './create-account.ts'
import { deleteAccount } from './delete-account.ts'
import { disableAccount } from './disable-account.ts'
import { enableAccount } from './enable-account.ts'
import { listAccounts } from './list-accounts.ts'
import { lockAccount } from './lock-account.ts'
import { updateAccount } from './update-account.ts'

export const accountCommands: readonly Command[] = [
  createAccount,
  deleteAccount,
  disableAccount,
  enableAccount,
  listAccounts,
  lockAccount,
  updateAccount,
]
