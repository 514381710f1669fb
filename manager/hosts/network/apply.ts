import { randomBytes } from 'node:crypto'
import { SysvmError } from '@sysvm/errors'
import type { HostConnection } from '../connection.ts'
import type { NetworkSpec } from '../driver.ts'
import { ALIAS, type FdbFacts, type LinkFacts, planNetwork, tunnelName } from './plan.ts'
import { checkNetwork } from './validate.ts'

/** The host's end of the control network: every system VM's address is in 169.254.0.0/16. */
export const CONTROL_BRIDGE = 'cloud0'
export const CONTROL_ADDRESS = '169.254.0.1/16'

/**
 * $1: address, $2: bridge. A machine that boots is asked for before it is there: asking again after 0.1 s, not
 * after the usual second, is what makes it reachable at once, and one that is gone known as such.
 */
const CONTROL = `ip address replace "$1" dev "$2" && echo 100 >"/proc/sys/net/ipv4/neigh/$2/retrans_time_ms"`

/**
 * The host switches these networks and is no part of them: no IPv6, no routing, and packets on the bridge are not
 * shown to its firewall. The last is one switch for all bridges of a namespace.
 */
const QUIET = `for bridge do
  for setting in ipv6/conf/$bridge/disable_ipv6=1 ipv4/conf/$bridge/forwarding=0 ipv4/conf/$bridge/arp_ignore=1; do
    file=/proc/sys/net/\${setting%=*}
    [ ! -e "$file" ] || echo "\${setting#*=}" >"$file"
  done
done
for file in /proc/sys/net/bridge/bridge-nf-call-*tables; do [ ! -e "$file" ] || echo 0 >"$file"; done`

export async function readLinks(connection: HostConnection): Promise<LinkFacts[]> {
  const { stdout } = await connection.run(['ip', '-json', '-details', 'link', 'show'])
  return JSON.parse(stdout) as LinkFacts[]
}

export async function readFlood(connection: HostConnection, links: readonly LinkFacts[], vni: number) {
  const name = tunnelName(vni)
  if (!links.some((link) => link.ifname === name)) return []
  const { stdout } = await connection.run(['bridge', '-json', 'fdb', 'show', 'dev', name])
  // Asked for one device, bridge leaves its name out.
  return (JSON.parse(stdout) as FdbFacts[]).map((entry) => ({ ...entry, ifname: name }))
}

async function batch(connection: HostConnection, program: 'ip' | 'bridge', lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await connection.run([program, '-batch', '-'], { input: `${lines.join('\n')}\n` })
}

/** Locally administered, unicast. */
const randomMac = (): string => ['0e', ...(randomBytes(5).toString('hex').match(/../g) ?? [])].join(':')

/** Two callers may both find a bridge missing; the slower one looks again. */
const ATTEMPTS = 3

export async function ensureNetwork(connection: HostConnection, spec: NetworkSpec): Promise<void> {
  checkNetwork(spec)
  for (let attempt = 1; ; attempt++) {
    const links = await readLinks(connection)
    const fdb = spec.isolation.kind === 'vxlan' ? await readFlood(connection, links, spec.isolation.vni) : []
    const plan = planNetwork(spec, links, fdb, randomMac())
    try {
      await batch(connection, 'ip', plan.ip)
      if (plan.quiet.length > 0) await connection.run(['sh', '-c', QUIET, 'sh', ...plan.quiet])
      await batch(connection, 'bridge', plan.fdb)
      await batch(connection, 'ip', plan.mark)
      return
    } catch (error) {
      if (attempt === ATTEMPTS) throw error
    }
  }
}

export async function ensureControlNetwork(connection: HostConnection): Promise<void> {
  await ensureNetwork(connection, { id: 'control', bridge: CONTROL_BRIDGE, isolation: { kind: 'bridge' }, mtu: 1500 })
  await connection.run(['sh', '-c', CONTROL, 'sh', CONTROL_ADDRESS, CONTROL_BRIDGE])
}

/** Removes a bridge that sysvm made, with its tunnel; an operator's own bridge stays. */
export async function removeNetwork(connection: HostConnection, bridge: string): Promise<void> {
  const links = await readLinks(connection)
  if (!links.some((link) => link.ifname === bridge && link.ifalias === ALIAS)) return
  const ports = links.filter((link) => link.master === bridge)
  const machines = ports.filter((link) => link.linkinfo?.info_kind !== 'vxlan').map((link) => link.ifname)
  if (machines.length > 0)
    throw new SysvmError('SYSVM_IN_USE', `The bridge ${bridge} still has machines on it: ${machines.join(', ')}.`, {
      details: { bridge, ports: machines },
    })
  const lines = [...ports.map((link) => link.ifname), bridge].map((name) => `link delete dev ${name}`)
  await batch(connection, 'ip', lines)
}
