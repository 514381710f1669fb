import { existsSync, realpathSync } from 'node:fs'
import type { Effects, RunResult } from '@sysvm/agent/service'
import type { Namespace } from '../namespace.ts'
import type { LabProcess } from '../process.ts'

/** A network namespace with files of its own: what a system VM is to its daemons. */
export interface Inside {
  readonly netns: Namespace
  /** The router's file tree, seen from here. */
  readonly root: string
  enter(argv: readonly string[]): [string, ...string[]]
  run: Effects['run']
  stop(): Promise<void>
}

const repository = new URL('../../..', import.meta.url).pathname.replace(/\/$/, '')
const image = `${repository}/images/out/system/rootfs`
/** Whose daemons are used: the image's once it is built, or SYSVM_LAB_ROOTFS; `/` means this machine's. */
const chosen = process.env.SYSVM_LAB_ROOTFS ?? (existsSync(image) ? realpathSync(image) : '/')
const rootfs = chosen === '/' ? undefined : chosen
const inner = rootfs === undefined ? '' : '/mnt/root'

/** The root filesystem is read only: what a router writes goes to memory. */
const overlay = [
  'mount -t tmpfs tmpfs /mnt; mkdir /mnt/upper /mnt/work /mnt/root',
  `mount -t overlay overlay -o lowerdir=${rootfs},upperdir=/mnt/upper,workdir=/mnt/work /mnt/root`,
  'mount -t proc proc /mnt/root/proc; mount --rbind /dev /mnt/root/dev; mount -t tmpfs tmpfs /mnt/root/run',
  `mkdir -p /mnt/root${repository}; mount --bind ${repository} /mnt/root${repository}`,
]

/** Folders that a router writes to; each is empty and its own. */
const folders = [
  '/run/sysvm',
  '/run/kea',
  '/run/radvd',
  '/run/haproxy',
  '/run/charon',
  '/run/wireguard',
  '/var/lib/sysvm',
].map((folder) => `${inner}${folder}`)

const script = [
  'set -e',
  ...(rootfs === undefined ? [] : overlay),
  ...folders.map((folder) => `mkdir -p ${folder}; mount -t tmpfs -o mode=0755 tmpfs ${folder}`),
  `mkdir -p ${inner}/run/sysvm/generations ${inner}/var/lib/sysvm/dhcp; cd ${inner}/`,
  `${inner === '' ? '' : `chroot ${inner} `}chown _kea /run/kea /var/lib/sysvm/dhcp; chmod 0750 ./run/kea`,
  `${inner === '' ? '' : `chroot ${inner} `}chown radvd /run/radvd`,
  `${inner === '' ? '' : `chroot ${inner} `}chown haproxy:haproxy /run/haproxy`,
  `${inner === '' ? '' : `chroot ${inner} `}chown charon:charon /run/charon || true`,
  `${inner === '' ? '' : `chroot ${inner} `}chown wireguard:wireguard /run/wireguard || true`,
  // Without the image no test of FRR, charon or WireGuard runs here.
  `mkdir -p ${inner}/run/frr; ${inner === '' ? '' : `chroot ${inner} `}chown frr:frr /run/frr || true`,
  'echo ready; exec sleep infinity',
].join('\n')

const untilReady = async (holder: LabProcess): Promise<void> => {
  while (!holder.output().includes('ready')) {
    if (holder.child.exitCode !== null) throw new Error(`the router's files: ${holder.output()}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Ends with the lab at the latest. */
export const openInside = async (netns: Namespace): Promise<Inside> => {
  const holder = await netns.spawn(['unshare', '--mount', 'sh', '-c', script])
  await untilReady(holder)
  const root = `/proc/${holder.pid}/root${inner}`
  const enter = (argv: readonly string[]): [string, ...string[]] => [
    ...(['nsenter', `--mount=/proc/${holder.pid}/ns/mnt`] as const),
    ...(inner === '' ? [] : [`--root=${root}`, `--wd=${root}`]),
    '--',
    ...argv,
  ]
  const run: Effects['run'] = (argv, options = {}): Promise<RunResult> => netns.exec(enter(argv), options)
  return { netns, root, enter, run, stop: async () => void (await holder.stop('SIGKILL')) }
}
