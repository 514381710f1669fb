import { matchesGlob } from 'node:path'
import type { Effects } from '@sysvm/agent/service'
import type { LabProcess } from '../process.ts'
import { program } from '../programs.ts'
import type { Inside } from './inside.ts'

const node = [process.execPath, '--conditions=source', '--disable-warning=ExperimentalWarning']

const frr = (program: string, capabilities: string, ...words: readonly string[]): readonly string[] => [
  ...['setpriv', '--reuid=frr', '--regid=frr', '--init-groups'],
  ...[`--inh-caps=+${capabilities}`, `--ambient-caps=+${capabilities}`],
  ...[`/usr/lib/frr/${program}`, '--log', 'stdout', '--log-level', 'warnings', ...words],
]

/** What the image's units start, with the same users, environment and arguments. */
const units: Readonly<Record<string, readonly string[]>> = {
  'sysvm-kea-dhcp4.service': [
    ...['setpriv', '--reuid=_kea', '--regid=_kea', '--init-groups'],
    ...['--inh-caps=+net_raw,+net_bind_service', '--ambient-caps=+net_raw,+net_bind_service'],
    ...['env', 'KEA_LOCKFILE_DIR=/run/kea', 'KEA_PIDFILE_DIR=/run/kea', 'KEA_DHCP_DATA_DIR=/var/lib/sysvm/dhcp'],
    ...['kea-dhcp4', '-c', '/run/sysvm/live/dhcp/kea-dhcp4.json'],
  ],
  'sysvm-dnsmasq@.service': [
    ...['setpriv', '--reuid=dnsmasq', '--regid=nogroup', '--clear-groups'],
    ...['--inh-caps=+net_bind_service', '--ambient-caps=+net_bind_service'],
    ...['dnsmasq', '--keep-in-foreground', '--conf-file=/run/sysvm/live/dns/%i/dnsmasq.conf'],
  ],
  'sysvm-kea-dhcp6.service': [
    ...['setpriv', '--reuid=_kea', '--regid=_kea', '--init-groups'],
    ...['--inh-caps=+net_bind_service', '--ambient-caps=+net_bind_service'],
    ...['env', 'KEA_LOCKFILE_DIR=/run/kea', 'KEA_PIDFILE_DIR=/run/kea', 'KEA_DHCP_DATA_DIR=/var/lib/sysvm/dhcp'],
    ...['kea-dhcp6', '-c', '/run/sysvm/live/ipv6/kea-dhcp6.json'],
  ],
  'sysvm-radvd.service': [
    ...['setpriv', '--reuid=radvd', '--regid=nogroup', '--clear-groups'],
    ...['--inh-caps=+net_raw', '--ambient-caps=+net_raw'],
    ...['radvd', '--nodaemon', '--config', '/run/sysvm/live/ipv6/radvd.conf'],
    ...['--pidfile', '/run/radvd/radvd.pid', '--logmethod', 'stderr'],
  ],
  'sysvm-haproxy.service': [
    ...['setpriv', '--reuid=haproxy', '--regid=haproxy', '--clear-groups'],
    ...['--inh-caps=+net_bind_service', '--ambient-caps=+net_bind_service'],
    ...['haproxy', '-W', '-S', '/run/haproxy/master.sock'],
    ...['-f', '/run/sysvm/live/loadbalancer/haproxy.cfg', '-f', '/run/sysvm/live/loadbalancer/users.cfg'],
  ],
  'sysvm-charon@.service': [
    ...['setpriv', '--reuid=charon', '--regid=charon', '--clear-groups'],
    ...['--inh-caps', '+net_admin,+net_raw,+net_bind_service,+dac_override'],
    ...['--ambient-caps', '+net_admin,+net_raw,+net_bind_service,+dac_override'],
    ...['env', 'STRONGSWAN_CONF=/run/sysvm/live/vpn/%i.conf', 'charon-systemd'],
  ],
  'sysvm-wireguard.service': [
    ...['setpriv', '--reuid=wireguard', '--regid=wireguard', '--clear-groups'],
    ...['--inh-caps', '+net_admin,+dac_override', '--ambient-caps', '+net_admin,+dac_override'],
    ...['env', 'WG_PROCESS_FOREGROUND=1', 'wireguard-go', '-f', 'wg0'],
  ],
  'sysvm-metadata.service': [...node, program('metadata')],
  'sysvm-netboot.service': [...node, '--no-deprecation', program('netboot')],
  'sysvm-mgmtd.service': frr('mgmtd', 'net_admin,+net_raw,+net_bind_service,+sys_admin', '-P', '0'),
  'sysvm-zebra.service': frr(
    ...(['zebra', 'net_admin,+net_raw,+sys_admin', '-P', '0', '-f', '/dev/null'] as const),
    ...['-z', '/run/frr/zserv.api'],
  ),
  'sysvm-bgpd.service': frr(
    ...(['bgpd', 'net_admin,+net_raw,+net_bind_service', '-S', '-P', '0'] as const),
    ...['-f', '/run/sysvm/live/routing/bgpd.conf', '-z', '/run/frr/zserv.api'],
  ),
}

export interface Units extends Pick<Effects, 'unit' | 'unitActive'> {
  /** What was asked of systemd, in order: `reload sysvm-dnsmasq@eth1.service`. */
  readonly asked: string[]
  output(name: string): string
  /** Of a unit's program; undefined where none was started. */
  pid(name: string): number | undefined
}

/** systemctl's part: starts and signals the daemons of one router. */
export const createUnits = ({ netns, enter }: Inside): Units => {
  const running = new Map<string, LabProcess>()
  const outputs = new Map<string, LabProcess>()
  const asked: string[] = []
  const isActive = (name: string): boolean => running.get(name)?.child.exitCode === null
  const start = async (name: string): Promise<void> => {
    const instance = /@(.+)\.service$/.exec(name)?.[1] ?? ''
    const argv = units[name.replace(`@${instance}.`, '@.')]?.map((word) => word.replace('%i', instance))
    if (argv === undefined) throw new Error(`the lab has no unit ${name}`)
    const started = await netns.spawn(enter(argv))
    running.set(name, started)
    outputs.set(name, started)
  }
  const stop = async (pattern: string): Promise<void> => {
    for (const name of [...running.keys()].filter((known) => matchesGlob(known, pattern))) {
      await running.get(name)?.stop()
      running.delete(name)
    }
  }
  return {
    asked,
    output: (name) => outputs.get(name)?.output() ?? '',
    pid: (name) => outputs.get(name)?.pid,
    unitActive: async (name) => isActive(name),
    unit: async (verb, name) => {
      asked.push(`${verb} ${name}`)
      if (verb === 'reload') running.get(name)?.child.kill('SIGHUP')
      if (verb === 'stop' || verb === 'restart') await stop(name)
      if (verb === 'restart' || (verb === 'start' && !isActive(name))) await start(name)
    },
  }
}
