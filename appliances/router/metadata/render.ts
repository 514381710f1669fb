import type { Rendered } from '@sysvm/agent/service'
import type { SpecEnvelope } from '@sysvm/agent/spec'
import type { Ruleset } from 'node-iptables'
import { addressOf, interfacesOf, METADATA_ADDRESS } from '../whole.ts'
import { INSTANCES_FILE, type MetadataDocument } from './document.ts'
import { PASSWORD_PORT } from './password.ts'
import type { MetadataSpec } from './spec.ts'

export const documentOf = ({ listen, instances }: MetadataSpec): MetadataDocument => ({
  listen: [...listen, METADATA_ADDRESS],
  instances: Object.fromEntries(
    instances.map(({ address, data, userData, password }) => [
      address,
      { data, ...(userData === undefined ? {} : { userData }), ...(password === undefined ? {} : { password }) },
    ]),
  ),
})

/** The firewall's set of what guests may ask for has the metadata itself; passwords have a port of their own. */
const passwordPorts = ({ listen }: MetadataSpec, whole: SpecEnvelope): Ruleset => {
  const elements = interfacesOf(whole, 'guest').flatMap(({ device, addresses }) =>
    [...addresses.map(addressOf).filter((address) => listen.includes(address)), METADATA_ADDRESS].map(
      (address) => [device, address, 'tcp', PASSWORD_PORT] as const,
    ),
  )
  const key = ['ifname', 'ipv4_addr', 'inet_proto', 'inet_service'] as const
  return { tables: [{ family: 'inet', name: 'sysvm_filter', sets: [{ name: 'guest_services', key, elements }] }] }
}

export const render = (spec: MetadataSpec, whole: SpecEnvelope): Rendered => ({
  files: [
    // Passwords, and user data that often holds some: for the metadata process alone, not for the other daemons.
    { path: INSTANCES_FILE, text: `${JSON.stringify(documentOf(spec), null, 1)}\n`, secret: true, group: 'metadata' },
  ],
  ruleset: passwordPorts(spec, whole),
})
