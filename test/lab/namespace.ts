import { randomBytes } from 'node:crypto'
import type { Socket as DatagramSocket } from 'node:dgram'
import type { Server, Socket } from 'node:net'
import type { CommandResult, HostConnection, RunOptions } from '@sysvm/manager/hosts/connection'
import { openLocal, openNamespaceSockets } from '@sysvm/manager/hosts/local'
import { type LabProcess, type SpawnOptions, startProcess } from './process.ts'

/** One machine of a topology: a network namespace with what runs in it. */
export interface Namespace {
  /** Short name, unique in its lab. */
  readonly name: string
  /** Name under /run/netns, for `ip netns exec` and `local:?netns=`. */
  readonly netns: string
  /** Commands and streams in it, as the manager would have them. */
  readonly connection: HostConnection
  exec(argv: readonly [string, ...string[]], options?: RunOptions): Promise<CommandResult>
  spawn(argv: readonly [string, ...string[]], options?: SpawnOptions): Promise<LabProcess>
  /** `ip` with these words; several commands: one array each, run as one batch. */
  ip(...commands: readonly (readonly string[])[]): Promise<void>
  /** A bridge that is up; without address it only switches. */
  bridge(device: string, options?: { readonly address?: string; readonly mtu?: number }): Promise<void>
  address(device: string, cidr: string): Promise<void>
  route(destination: string, via: string): Promise<void>
  sysctl(name: string, value: string | number): Promise<void>
  /** `nft -f -` with this ruleset. */
  nft(ruleset: string): Promise<void>
  /** A socket of this process that lives in the namespace. */
  connect(host: string, port: number): Promise<Socket>
  listen(host: string, port: number): Promise<Server>
  datagram(host: string, port: number): Promise<DatagramSocket>
}

export interface OpenNamespace extends Namespace {
  close(): Promise<void>
}

/** The namespace must exist. */
export function openNamespace(name: string, netns: string): OpenNamespace {
  const connection = openLocal({ netns })
  const sockets = openNamespaceSockets({ netns })
  const processes: LabProcess[] = []
  const ip: Namespace['ip'] = async (...commands) => {
    const input = commands.map((words) => words.join(' ')).join('\n')
    await connection.run(['ip', '-batch', '-'], { input })
  }
  return {
    name,
    netns,
    connection,
    exec: (argv, options) => connection.run(argv, options),
    spawn: async (argv, options) => {
      const started = await startProcess(['nsenter', `--net=/run/netns/${netns}`, '--', ...argv], options)
      processes.push(started)
      return started
    },
    ip,
    bridge: async (device, options = {}) => {
      const mtu = options.mtu === undefined ? [] : [['link', 'set', device, 'mtu', String(options.mtu)]]
      const address = options.address === undefined ? [] : [['address', 'add', options.address, 'dev', device]]
      // Its own for good: else it takes the lowest of its ports', and whoever knew it sends into nothing.
      const mac = `02${randomBytes(5).toString('hex').replace(/../g, ':$&')}`
      await ip(
        ['link', 'add', device, 'address', mac, 'type', 'bridge'],
        ...mtu,
        ['link', 'set', device, 'up'],
        ...address,
      )
    },
    address: (device, cidr) => ip(['address', 'add', cidr, 'dev', device], ['link', 'set', device, 'up']),
    route: (destination, via) => ip(['route', 'replace', destination, 'via', via]),
    sysctl: async (key, value) => void (await connection.run(['sysctl', '-qw', `${key}=${value}`])),
    nft: async (ruleset) => void (await connection.run(['nft', '-f', '-'], { input: ruleset })),
    connect: (host, port) => sockets.connect(host, port),
    listen: (host, port) => sockets.listen(host, port),
    datagram: (host, port) => sockets.datagram(host, port),
    close: async () => {
      await Promise.all(processes.map((process) => process.stop()))
      sockets.close()
      await connection.close()
    },
  }
}
