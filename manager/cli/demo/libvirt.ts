import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureText } from '../files.ts'

/** No cgroups, security driver or other users: this libvirtd is alone in namespaces of its own. */
const qemu = [
  'stdio_handler = "file"',
  'security_driver = "none"',
  'user = "root"',
  'group = "root"',
  'cgroup_controllers = [ ]',
  'namespaces = [ ]',
  'remember_owner = 0',
  'dynamic_ownership = 0',
  'vnc_listen = "127.0.0.1"',
]

const libvirtd = (uuid: string): string[] => [
  'auth_unix_rw = "none"',
  'auth_unix_ro = "none"',
  'unix_sock_dir = "/run/libvirt"',
  'unix_sock_group = "root"',
  `host_uuid = "${uuid}"`,
  'log_outputs = "3:stderr"',
]

/** The configuration of the demo host's own libvirtd; its identity is made once. */
export const writeLibvirt = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true })
  await ensureText(join(folder, 'qemu.conf'), `${qemu.join('\n')}\n`)
  const path = join(folder, 'libvirtd.conf')
  if (!existsSync(path)) await ensureText(path, `${libvirtd(crypto.randomUUID()).join('\n')}\n`)
}
