import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeLibvirt as writeLibvirtConfiguration } from '@sysvm/manager/cli/demo/libvirt'
import { makeKeys, type SshKeys } from './keys.ts'
import type { Lab } from './lab.ts'
import { type HostConnection, type OpenHostOptions, openLocal } from './manager.ts'
import type { Namespace } from './namespace.ts'
import { startTime } from './owner.ts'
import { until } from './until.ts'

export interface EmulatedHostOptions {
  /** The network it is plugged into: a bridge in another namespace. */
  readonly core: { readonly at: Namespace; readonly bridge: string }
  /** Its address there with prefix; underlay of tunnels and where its sshd listens. */
  readonly address: string
  readonly mtu?: number
  /** Its own sshd on port 22 of that address. */
  readonly ssh?: boolean
  /** Its own libvirtd, for the kvm driver. */
  readonly libvirt?: boolean
}

/**
 * A hypervisor host of its own on this machine: network, mount and pid namespaces, with private folders for
 * network namespaces, libvirt and sysvm. Killing its first process is pulling its plug.
 */
export interface EmulatedHost {
  readonly name: string
  readonly namespace: Namespace
  /** Its first process, as this machine sees it. */
  readonly pid: number
  readonly address: string
  /** `ssh://root@ADDRESS:22` with `ssh`, else `local:?pid=N`. */
  readonly url: string
  readonly keys: SshKeys
  readonly hostKey: SshKeys
  /** Its file system seen from here: `/proc/PID/root`. */
  readonly root: string
  /** What openHost needs to reach it from this process, whatever namespace that is in. */
  options(from: Namespace): Pick<OpenHostOptions, 'privateKey' | 'hostKey' | 'dial'>
  /** As if an operator sat at it. */
  readonly connection: HostConnection
  /** Power cut: everything on it ends at once; its files stay. */
  crash(): Promise<void>
}

export async function startHost(lab: Lab, name: string, options: EmulatedHostOptions): Promise<EmulatedHost> {
  const namespace = await lab.namespace(name)
  const address = options.address.split('/')[0] ?? ''
  const mtu = options.mtu ?? 1600
  await lab.link(
    { at: namespace, device: 'core0', address: options.address, mtu },
    { at: options.core.at, device: `to-${name}`.slice(0, 15), bridge: options.core.bridge, mtu },
  )
  const folder = join(lab.directory, name)
  for (const part of ['sysvm', 'etc-libvirt', 'libvirt', 'run-libvirt', 'log-libvirt', 'cache-libvirt', 'ssh'])
    await mkdir(join(folder, part), { recursive: true })
  const keys = makeKeys(join(folder, 'ssh'), 'manager')
  const hostKey = makeKeys(join(folder, 'ssh'), 'host')
  await writeFile(join(folder, 'ssh/authorized_keys'), `${keys.publicKey}\n`)
  await writeFile(join(folder, 'ssh/sshd_config'), sshdConfig(join(folder, 'ssh'), address))
  if (options.libvirt) await writeLibvirt(folder)

  const daemons = [...(options.ssh ? ['ssh'] : []), ...(options.libvirt ? ['libvirt'] : [])].join(' ')
  const isolate = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--propagation=private']
  const log = join(folder, 'log')
  const started = await namespace.spawn(['unshare', ...isolate, 'sh', '-c', INIT, 'sh', folder, daemons])
  const pid = await until(`the host ${name} has started`, async () => {
    if (started.child.exitCode !== null) throw new Error(started.output())
    const children = await readFile(`/proc/${started.pid}/task/${started.pid}/children`, 'utf8')
    return Number(children.trim().split(' ')[0]) || undefined
  })
  const record = join(lab.directory, `${name}.host`)
  await writeFile(`${record}.new`, `${pid} ${startTime(pid)}`)
  await rename(`${record}.new`, record)

  const connection = openLocal({ pid })
  const crash = async () => {
    started.child.kill('SIGKILL')
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It fell already.
    }
    await started.ended
  }
  lab.defer(async () => {
    await connection.close()
    await crash()
  })
  await until(`the host ${name} is ready (see ${log})`, () => {
    if (started.child.exitCode !== null) throw new Error(started.output())
    return readFile(join(folder, 'ready')).then(() => true)
  })
  return {
    name,
    namespace,
    pid,
    address,
    url: options.ssh ? `ssh://root@${address}:22` : `local:?pid=${pid}`,
    keys,
    hostKey,
    root: `/proc/${pid}/root`,
    connection,
    options: (from) => ({
      privateKey: keys.privateKey,
      hostKey: hostKey.fingerprint,
      dial: (host, port) => from.connect(host, port),
    }),
    crash,
  }
}

/**
 * First process of the host. $1: its folder, $2: the daemons it runs. It reaps what others leave, as any init does.
 * Its /sys shows its own network devices, and root's home is empty: nobody's shell settings belong to a host.
 */
const INIT = `
set -e
folder=$1 daemons=$2
mkdir -p /run/netns /run/sshd /run/systemd /var/lib/sysvm
mkdir "$folder/cgroup"
mount --rbind /sys/fs/cgroup "$folder/cgroup"
mount -t sysfs sysfs /sys
mount --rbind "$folder/cgroup" /sys/fs/cgroup
mount -t tmpfs tmpfs /root
mount -t tmpfs tmpfs /run/netns
mount -t tmpfs tmpfs /run/systemd
mount --bind "$folder/sysvm" /var/lib/sysvm
case $daemons in *libvirt*)
  mkdir -p /run/libvirt /var/lib/libvirt /var/log/libvirt /var/cache/libvirt
  mount --bind "$folder/etc-libvirt" /etc/libvirt
  mount --bind "$folder/libvirt" /var/lib/libvirt
  mount --bind "$folder/run-libvirt" /run/libvirt
  mount --bind "$folder/log-libvirt" /var/log/libvirt
  mount --bind "$folder/cache-libvirt" /var/cache/libvirt
  mount --bind "$folder/passwd" /etc/passwd
  mount --bind "$folder/group" /etc/group ;;
esac
exec >"$folder/log" 2>&1 </dev/null
for daemon in $daemons; do
  case $daemon in
    ssh) /usr/sbin/sshd -D -e -f "$folder/ssh/sshd_config" & ;;
    libvirt) /usr/sbin/libvirtd --config /etc/libvirt/libvirtd.conf --pid-file /run/libvirt/libvirtd.pid & ;;
  esac
done
for daemon in $daemons; do
  case $daemon in
    ssh) until ss -Hltn 'sport = :22' | grep -q .; do sleep 0.02; done ;;
    libvirt) until [ -S /run/libvirt/libvirt-sock ]; do sleep 0.05; done ;;
  esac
done
: >"$folder/ready"
while :; do sleep 3600 & wait $!; done
`

const sshdConfig = (folder: string, address: string): string => `
ListenAddress ${address}
Port 22
HostKey ${folder}/host
AuthorizedKeysFile ${folder}/authorized_keys
PidFile none
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UseDNS no
MaxStartups 100
Subsystem sftp internal-sftp
`

/** As on a host with systemd, less what this kernel cannot do: no cgroups, no security driver, one user. */
async function writeLibvirt(host: string): Promise<void> {
  // libvirtd does not start without its default user, which only the package of the system service makes.
  for (const [file, line] of [
    ['passwd', 'libvirt-qemu:x:64055:64055::/nonexistent:/usr/sbin/nologin\n'],
    ['group', 'libvirt-qemu:x:64055:\n'],
  ] as const) {
    const text = await readFile(join('/etc', file), 'utf8')
    await writeFile(join(host, file), /^libvirt-qemu:/m.test(text) ? text : text + line)
  }
  await writeLibvirtConfiguration(join(host, 'etc-libvirt'))
}
