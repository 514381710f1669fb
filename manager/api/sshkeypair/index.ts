import type { Command } from '../command.ts'
import { createSSHKeyPair } from './create-ssh-key-pair.ts'
import { deleteSSHKeyPair } from './delete-ssh-key-pair.ts'
import { listSSHKeyPairs } from './list-ssh-key-pairs.ts'
import { registerSSHKeyPair } from './register-ssh-key-pair.ts'
import { resetSSHKeyForVirtualMachine } from './reset-ssh-key-for-virtual-machine.ts'

export const sshkeypairCommands: readonly Command[] = [
  createSSHKeyPair,
  deleteSSHKeyPair,
  listSSHKeyPairs,
  registerSSHKeyPair,
  resetSSHKeyForVirtualMachine,
]
