import { CONTROL_PORT } from '../api/index.ts'
import type { BootParameters } from './parameters.ts'

/** Folder that sshd_config in the image points at; on tmpfs, so keys are never on the machine's disk. */
export const SSH_FOLDER = '/run/sysvm/ssh'

export interface SshFile {
  readonly name: string
  readonly text: string
  readonly mode: number
}

/**
 * What sshd reads. `control.keys` is for the control user, `root.keys` is empty unless an operator's key was given.
 * sshd opens authorized keys as the user who logs in, so `control.keys` must be readable; it holds public keys only.
 */
export const sshFiles = (boot: BootParameters): SshFile[] => [
  { name: 'ssh_host_ed25519_key', text: Buffer.from(boot.hostKey, 'base64').toString(), mode: 0o600 },
  { name: 'control.keys', text: `restrict,port-forwarding ${boot.authorizedKey}\n`, mode: 0o644 },
  { name: 'root.keys', text: boot.operatorKey === undefined ? '' : `${boot.operatorKey}\n`, mode: 0o600 },
  {
    name: 'listen.conf',
    text: `Port ${CONTROL_PORT}\nListenAddress ${boot.control.split('/')[0]}\n`,
    mode: 0o644,
  },
]
