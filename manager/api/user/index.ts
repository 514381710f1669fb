import type { Command } from '../command.ts'
import { createUser } from './create-user.ts'
import { deleteUser } from './delete-user.ts'
import { disableUser } from './disable-user.ts'
import { enableUser } from './enable-user.ts'
import { getUser } from './get-user.ts'
import { getUserKeys } from './get-user-keys.ts'
import { listUsers } from './list-users.ts'
import { lockUser } from './lock-user.ts'
import { registerUserKeys } from './register-user-keys.ts'
import { updateUser } from './update-user.ts'

export const userCommands: readonly Command[] = [
  createUser,
  deleteUser,
  disableUser,
  enableUser,
  getUser,
  getUserKeys,
  listUsers,
  lockUser,
  registerUserKeys,
  updateUser,
]
