import type { Command } from '../command.ts'
import { login } from './login.ts'
import { logout } from './logout.ts'

export const loginCommands: readonly Command[] = [login, logout]
