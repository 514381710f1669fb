import type { Command } from '../command.ts'
import { addVpnUser } from './add-vpn-user.ts'
import { createRemoteAccessVpn } from './create-remote-access-vpn.ts'
import { deleteRemoteAccessVpn } from './delete-remote-access-vpn.ts'
import { getVpnClientConfiguration } from './get-vpn-client-configuration.ts'
import { listRemoteAccessVpns } from './list-remote-access-vpns.ts'
import { listVpnUsers } from './list-vpn-users.ts'
import { removeVpnUser } from './remove-vpn-user.ts'
import { updateRemoteAccessVpn } from './update-remote-access-vpn.ts'

export const remoteAccessCommands: readonly Command[] = [
  addVpnUser,
  createRemoteAccessVpn,
  deleteRemoteAccessVpn,
  getVpnClientConfiguration,
  listRemoteAccessVpns,
  listVpnUsers,
  removeVpnUser,
  updateRemoteAccessVpn,
]
