import { Cidr4, Device, Ipv4, Port, type SpecEnvelope } from '@sysvm/agent/spec'
import { z } from 'zod'
import { interfacesOf, networkOf } from '../../whole.ts'
import { HealthCheck, type LoadBalancerSpec, Member } from '../spec.ts'
import { Id } from '../values.ts'

const DEFAULT_CHECK: HealthCheck = HealthCheck.parse({ kind: 'icmp' })

export const UdpRule = z.strictObject({
  id: Id,
  address: Ipv4,
  port: Port,
  algorithm: z.enum(['roundrobin', 'source']),
  members: z.array(Member),
  check: HealthCheck,
})
export type UdpRule = z.infer<typeof UdpRule>

/** What the agent's balancer of datagrams works from; a file of the generation. */
export const UdpDocument = z.strictObject({
  rules: z.array(UdpRule),
  /** Guest networks: a client beside its member must be answered through the router. */
  networks: z.array(z.strictObject({ device: Device, network: Cidr4 })),
})
export type UdpDocument = z.infer<typeof UdpDocument>

export const udpDocument = ({ rules }: LoadBalancerSpec, whole: SpecEnvelope): UdpDocument => {
  const udp = rules.filter(({ protocol }) => protocol === 'udp')
  return {
    rules: udp.map(({ id, address, port, algorithm, members, check = DEFAULT_CHECK }) => ({
      id,
      address,
      port,
      algorithm: algorithm === 'source' ? 'source' : 'roundrobin',
      members,
      check,
    })),
    networks:
      udp.length === 0
        ? []
        : interfacesOf(whole, 'guest').flatMap(({ device, addresses }) =>
            addresses.map((cidr) => ({ device, network: networkOf(cidr) })),
          ),
  }
}
