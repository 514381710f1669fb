import { methodParameters, methods } from '../lbstickiness/methods.ts'
import type { RouterService } from './services.ts'

/** Stickiness as clients read it to build their forms: the JSON text that CloudStack's servers give. */
const stickiness = JSON.stringify(
  methods.map((methodname) => ({
    methodname,
    paramlist: Object.entries(methodParameters[methodname]).map(([paramname, { description, isFlag }]) => ({
      paramname,
      required: methodname === 'AppCookie' && paramname === 'cookie-name',
      isflag: isFlag === true,
      description,
    })),
  })),
)

/** What virtual routers can do of a service, in CloudStack's words. */
const capabilities: Readonly<Partial<Record<RouterService, Readonly<Record<string, string>>>>> = {
  Firewall: {
    MultipleIps: 'true',
    SupportedEgressProtocols: 'tcp,udp,icmp,all',
    SupportedProtocols: 'tcp,udp,icmp',
    SupportedTrafficDirection: 'ingress,egress',
    TrafficStatistics: 'per public ip',
  },
  Lb: {
    ElasticLb: 'false',
    HealthCheckPolicy: 'true',
    LbSchemes: 'Public,Internal',
    SslTermination: 'true',
    SupportedLbAlgorithms: 'roundrobin,leastconn,source',
    SupportedLbIsolation: 'dedicated',
    SupportedProtocols: 'tcp,udp,tcp-proxy,http,ssl',
    SupportedStickinessMethods: stickiness,
  },
  NetworkACL: { SupportedProtocols: 'tcp,udp,icmp,all' },
  SourceNat: { RedundantRouter: 'true', SupportedSourceNatTypes: 'peraccount' },
  StaticNat: { ElasticIp: 'false' },
}

/** As lists show them; the same objects every time, since networks show them too. */
const presented = new Map(
  Object.entries(capabilities).map(([service, values]) => [
    service,
    Object.entries(values).map(([name, value]) => ({ name, value, canchooseservicecapability: false })),
  ]),
)

export const capabilitiesOf = (service: string) => presented.get(service) ?? []

export const capabilityFields = {
  name: ['string', 'The capability.'],
  value: ['string', 'What is possible.'],
  canchooseservicecapability: ['boolean', 'Whether offerings choose.'],
} as const
