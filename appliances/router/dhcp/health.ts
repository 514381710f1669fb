import type { Effects } from '@sysvm/agent/service'
import { SysvmError } from '@sysvm/errors'
import { networkOf } from '../whole.ts'
import { command } from './control.ts'
import { type Lease, readLeases } from './leases.ts'
import { SOCKET } from './render.ts'
import type { DhcpSpec } from './spec.ts'

interface Status {
  readonly sockets?: { readonly status?: string; readonly errors?: readonly string[] }
}

interface Link {
  readonly subnet4?: readonly { readonly subnet: string; readonly reservations?: readonly unknown[] }[]
}

interface Config {
  readonly Dhcp4?: Link & { readonly 'shared-networks'?: readonly Link[] }
}

/** A server of Kea's answers, and it hears every device it is to serve. */
export const checkListening = async (effects: Effects, socket: string): Promise<void> => {
  const { sockets } = ((await command(effects, 'status-get', undefined, socket)) ?? {}) as Status
  if (sockets?.status !== 'ready')
    throw new SysvmError(
      'SYSVM_PROBE_FAILED',
      `Kea does not hear its devices: ${sockets?.errors?.join('; ') ?? sockets?.status ?? 'it does not say why'}`,
    )
}

export const health = (_spec: DhcpSpec, effects: Effects): Promise<void> => checkListening(effects, SOCKET)

const shapeOf = (network: string, reservations: number): string => `${network} with ${reservations} reservations`

/** Compares the subnets that the running Kea has with the spec's. */
export const drift = async ({ subnets }: DhcpSpec, effects: Effects): Promise<readonly string[]> => {
  const { Dhcp4 } = ((await command(effects, 'config-get')) ?? {}) as Config
  const links = [Dhcp4, ...(Dhcp4?.['shared-networks'] ?? [])]
  const running = links
    .flatMap((link) => link?.subnet4 ?? [])
    .map(({ subnet, reservations = [] }) => shapeOf(subnet, reservations.length))
  const wanted = subnets.map(({ network, reservations }) => shapeOf(networkOf(network), reservations.length))
  return [
    ...wanted.filter((shape) => !running.includes(shape)).map((shape) => `Kea does not serve ${shape}`),
    ...running.filter((shape) => !wanted.includes(shape)).map((shape) => `Kea serves ${shape}`),
  ]
}

export interface LeaseState {
  readonly address: string
  readonly mac: string
  readonly hostname: string
  /** ISO 8601. */
  readonly expires: string
}

const stateOf = (lease: Lease): LeaseState => ({
  address: lease['ip-address'],
  mac: lease['hw-address'],
  hostname: lease.hostname,
  expires: new Date((lease.cltt + lease['valid-lft']) * 1000).toISOString(),
})

export const state = async (_spec: DhcpSpec, effects: Effects): Promise<readonly LeaseState[]> =>
  (await readLeases(effects)).map(stateOf)
