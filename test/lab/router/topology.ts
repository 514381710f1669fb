import { createLab, type Lab } from '../lab.ts'
import type { Namespace } from '../namespace.ts'
import { openRouter, type Router } from './machine.ts'
import { macs } from './spec.ts'

export { baseSpec } from './spec.ts'

/** One router between a host's control network, a guest network and the outside. */
export interface Topology extends AsyncDisposable {
  readonly lab: Lab
  readonly router: Router
  /** 169.254.0.1 on the control network: where the manager comes from. */
  readonly host: Namespace
  /** 198.51.100.1 on the public network, the router's gateway. */
  readonly outside: Namespace
  /** A machine on the guest network, without an address. */
  guest(name: string, mac: string): Promise<Namespace>
}

export const openTopology = async (name: string): Promise<Topology> => {
  const lab = await createLab(name)
  const [netns, host, outside, wire] = await Promise.all(
    ['router', 'host', 'outside', 'wire'].map((part) => lab.namespace(part)),
  )
  if (netns === undefined || host === undefined || outside === undefined || wire === undefined) throw new Error('lab')
  await wire.bridge('br-guest')
  await lab.link(
    { at: netns, device: 'eth0', mac: macs.control, address: '169.254.1.2/16' },
    { at: host, device: 'cloud0', address: '169.254.0.1/16' },
  )
  await lab.link({ at: netns, device: 'eth1', mac: macs.guest }, { at: wire, device: 'router', bridge: 'br-guest' })
  await lab.link(
    { at: netns, device: 'eth2', mac: macs.public },
    { at: outside, device: 'public', address: '198.51.100.1/24' },
  )
  const router = await openRouter(netns)
  const guest = async (short: string, mac: string): Promise<Namespace> => {
    const machine = await lab.namespace(short)
    await lab.link({ at: machine, device: 'eth0', mac }, { at: wire, device: `to-${short}`, bridge: 'br-guest' })
    return machine
  }
  return { lab, router, host, outside, guest, [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose]() }
}
