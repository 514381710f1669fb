import type { MachineSpec } from '../driver.ts'

export interface NspawnFiles {
  /** Folder of the machine on the host. */
  readonly machine: string
  /** Root filesystem to boot: the image's own for a system VM, an overlay of it for a guest. */
  readonly root: string
  readonly netns: string
}

/**
 * What a system VM needs to run a router. CAP_SYS_ADMIN is for systemd itself, which mounts; the namespaces around
 * it are what it rules.
 */
const CAPABILITIES = ['CAP_NET_ADMIN', 'CAP_NET_RAW', 'CAP_NET_BIND_SERVICE', 'CAP_SYS_ADMIN']

/** The command that boots a machine; pure, so a test can read it. */
export function nspawnCommand(machine: MachineSpec, files: NspawnFiles): [string, ...string[]] {
  const system = machine.kind === 'system'
  return [
    'systemd-nspawn',
    '--quiet',
    '--settings=no',
    '--boot',
    '--register=no',
    '--keep-unit',
    `--machine=${machine.name}`,
    `--uuid=${machine.uuid}`,
    `--directory=${files.root}`,
    `--network-namespace-path=/run/netns/${files.netns}`,
    '--console=read-only',
    '--link-journal=no',
    '--resolv-conf=off',
    '--timezone=off',
    ...(system
      ? [
          `--capability=${CAPABILITIES.join(',')}`,
          '--read-only',
          `--bind=${files.machine}/state:/var/lib/sysvm`,
          `--load-credential=sysvm.boot:${files.machine}/boot.json`,
        ]
      : // busybox init powers off at SIGUSR2 and would restart at SIGTERM.
        [`--capability=CAP_NET_ADMIN,CAP_NET_RAW,CAP_NET_BIND_SERVICE`, '--kill-signal=SIGUSR2']),
  ]
}
