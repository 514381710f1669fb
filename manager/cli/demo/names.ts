import type { Settings } from '../settings.ts'

/** Addresses of the demo cloud, all from ranges kept for documentation or private use. RFC 5737, RFC 1918. */
export const plan = {
  /** Bridge on the host that carries public traffic. */
  publicBridge: 'cloudbr-public',
  public: { gateway: '203.0.113.1', prefix: 24, netmask: '255.255.255.0', start: '203.0.113.10', end: '203.0.113.99' },
  pod: { gateway: '192.0.2.1', netmask: '255.255.255.0', start: '192.0.2.10', end: '192.0.2.99' },
  vni: '5000-5999',
  guest: { gateway: '10.1.1.1', netmask: '255.255.255.0' },
  /** What the guest resolves and fetches; it lives in the outside namespace. */
  site: { name: 'www.sysvm.example', address: '198.51.100.10' },
  mtu: 1500,
} as const

export interface DemoNames {
  /** Network namespace of the host. */
  readonly host: string
  /** Network namespace of everything that is not the cloud. */
  readonly outside: string
  /** File with the number and start time of the host's first process. */
  readonly pidfile: string
  /** How the manager reaches the host. */
  readonly hostUrl: string
}

export const namesOf = (settings: Settings): DemoNames => {
  const pidfile = `${settings.state}/demo/host.pid`
  return {
    host: `${settings.prefix}-host`,
    outside: `${settings.prefix}-outside`,
    pidfile,
    hostUrl: `local:?pidfile=${pidfile}`,
  }
}
