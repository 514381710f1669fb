import type { Duplex } from 'node:stream'
import type { BootParameters } from '@sysvm/agent/boot'
import type { OpenProgram } from './connection.ts'

/** What is found on a host; addHost checks it and names all that is missing in one message. */
export interface HostFacts {
  readonly name: string
  readonly cpus: number
  readonly memoryMiB: number
  /** Free bytes where images and disks are kept. */
  readonly storageFree: number
  /** All bytes of that file system. */
  readonly storageTotal?: number
  readonly kernel: string
  /** `kvm` when a probe boot with hardware acceleration worked, else `tcg`; `none` for containers. */
  readonly acceleration: 'kvm' | 'tcg' | 'none'
  readonly hypervisorVersion: string
  /** Bridges that exist, by name. */
  readonly bridges: readonly string[]
  /** IPv4 addresses by which other machines reach it. */
  readonly addresses: readonly string[]
}

/** A layer-2 network as one host needs it. */
export interface NetworkSpec {
  readonly id: string
  /** Bridge on the host, at most 15 characters. */
  readonly bridge: string
  readonly isolation:
    | { readonly kind: 'bridge' }
    | { readonly kind: 'vxlan'; readonly vni: number; readonly local: string; readonly remotes: readonly string[] }
  readonly mtu: number
}

/** What a security group lets through; `peers` are networks of either family, none of which holds another. */
export interface SecurityRule {
  /** A number is an IP protocol's. */
  readonly protocol: 'all' | 'tcp' | 'udp' | 'icmp' | 'icmpv6' | number
  /** Of TCP and UDP, both included; absent: all. */
  readonly ports?: readonly [number, number]
  /** Absent, and in it: any. */
  readonly icmp?: { readonly type?: number; readonly code?: number }
  readonly peers: readonly string[]
}

/** Beside what a rule names, answers pass in flows that were let through. */
export interface NicSecurity {
  readonly ingress: readonly SecurityRule[]
  /** Null: it may begin anything. */
  readonly egress: readonly SecurityRule[] | null
  /** Addresses of its router, whom it may ask for names and metadata in any case. */
  readonly servers: readonly string[]
}

export interface MachineNic {
  readonly mac: string
  /** Bridge on the host; `cloud0` is the control network. */
  readonly bridge: string
  /** Name inside the machine, `ethN`; a system VM's agent gives it by MAC address. */
  readonly device: string
  /**
   * IPv4 and IPv6 addresses that it may send from, besides its link-local one; the host then drops all else, and what
   * only servers and routers say. Absent: it may send anything, as a router must.
   */
  readonly addresses?: readonly string[]
  /** Of guests in security groups, where the network keeps them apart; absent: everything passes. */
  readonly security?: NicSecurity
}

/** Desired machine; the same for a system VM and a guest. */
export interface MachineSpec {
  /** CloudStack instance name, unique on the host: `r-4-VM`, `i-2-7-VM`. */
  readonly name: string
  readonly uuid: string
  readonly kind: 'system' | 'guest'
  /** Content hash of the image; it must have been given to `ensureImage`. */
  readonly image: string
  readonly cpus: number
  readonly memoryMiB: number
  readonly nics: readonly MachineNic[]
  /** System VMs only. */
  readonly boot?: BootParameters
}

export interface MachineState {
  readonly name: string
  readonly uuid: string
  readonly state: 'running' | 'stopped'
}

/** One hypervisor host. Every call is idempotent and may be cut at any point and repeated. */
export interface HostDriver {
  inventory(): Promise<HostFacts>
  /** Makes a verified image (folder with manifest.json) usable on the host; a no-op when it is there. */
  ensureImage(folder: string): Promise<void>
  /** The control bridge `cloud0`, 169.254.0.1/16. */
  ensureControlNetwork(): Promise<void>
  ensureNetwork(network: NetworkSpec): Promise<void>
  removeNetwork(network: Pick<NetworkSpec, 'bridge'>): Promise<void>
  /**
   * Running afterwards. The nics of a machine that runs are added, moved and taken away to fit, known by device and
   * MAC address, the others untouched; where that can be done, a guest's memory and CPUs are those of the machine too. All
   * else of it is left as it is: reboot it to change it.
   */
  ensureMachine(machine: MachineSpec): Promise<MachineState>
  /** Powered off afterwards, its disk kept. */
  stopMachine(name: string, options?: { readonly forced?: boolean }): Promise<void>
  /** Gone afterwards, disk and all; no error when it never was. */
  destroyMachine(name: string): Promise<void>
  /**
   * What a stopped machine has of its own, for `importMachine` of a driver of the same hypervisor; undefined when it is
   * not on this host.
   */
  exportMachine(name: string): Promise<OpenProgram | undefined>
  /** The machine is on this host afterwards, stopped, as it was exported; what was there of that name is replaced. */
  importMachine(name: string, packed: OpenProgram): Promise<void>
  listMachines(): Promise<readonly MachineState[]>
  /** A byte stream to port 3922 of the system VM's link-local address. */
  openControl(address: string): Promise<Duplex>
  /** What the machine wrote on its serial console, newest last. */
  readConsole(name: string, options?: { readonly lastBytes?: number }): Promise<string>
  close(): Promise<void>
}
