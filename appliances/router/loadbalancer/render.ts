import type { Rendered, RenderedFile } from '@sysvm/agent/service'
import type { SpecEnvelope } from '@sysvm/agent/spec'
import { fileText, render as renderConfiguration } from 'haproxy-config'
import { clientNetworks, clientTables } from './clients.ts'
import { configurationOf, filesOf, proxied, usersOf, wantsHaproxy } from './configuration.ts'
import { CONFIG_FILE, GROUP, UDP_FILE, USERS_FILE } from './names.ts'
import type { LoadBalancerSpec } from './spec.ts'
import { udpDocument } from './udp/document.ts'

type Listener = readonly [address: string, protocol: 'tcp', port: number, client: string]

/** Nobody sees the page unless told, so no list is no listener. */
const statisticsListener = ({ statistics }: LoadBalancerSpec): readonly Listener[] => {
  if (statistics === undefined || statistics.allow.length === 0) return []
  const { address, port, allow } = statistics
  return clientNetworks(allow).map((client) => [address, 'tcp', port, client])
}

/** Address, protocol, port and clients of every listener of haproxy's: what the firewall's input lets in. */
const listeners = (spec: LoadBalancerSpec): readonly Listener[] => [
  // Whom a rule leaves out does not come this far.
  ...proxied(spec).map(({ address, port }): Listener => [address, 'tcp', port, '0.0.0.0/0']),
  ...statisticsListener(spec),
]

const haproxyFiles = (spec: LoadBalancerSpec, whole: SpecEnvelope): readonly RenderedFile[] => [
  { path: CONFIG_FILE, text: renderConfiguration(configurationOf(spec, whole)) },
  {
    path: USERS_FILE,
    text: `# users of the statistics page\n${renderConfiguration(usersOf(spec))}`,
    group: GROUP,
    secret: true,
  },
  ...filesOf(spec).map((file) => ({
    path: `loadbalancer/${file.path}`,
    text: fileText(file),
    ...(file.kind === 'certificate' ? { group: GROUP, secret: true } : {}),
  })),
]

export const render = (spec: LoadBalancerSpec, whole: SpecEnvelope): Rendered => ({
  files: [
    ...(wantsHaproxy(spec) ? haproxyFiles(spec, whole) : []),
    { path: UDP_FILE, text: `${JSON.stringify(udpDocument(spec, whole), null, 1)}\n` },
  ],
  ruleset: {
    tables: [
      ...clientTables(spec),
      {
        family: 'inet',
        name: 'sysvm_filter',
        sets: [
          {
            name: 'lb_listeners',
            key: ['ipv4_addr', 'inet_proto', 'inet_service', 'ipv4_addr'],
            interval: true,
            elements: listeners(spec),
          },
        ],
      },
    ],
  },
})
