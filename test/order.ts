import { join } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files of more than 30 s, by the time they took three at a time on two cores: a long one that starts last is waited for alone. */
const longestFirst = [
  'lab/image',
  'fault/manager',
  'e2e/redundant',
  'lab/api-bad-input',
  'lab/firewall',
  'clients/clients',
  'e2e/guest-services',
  'e2e/bad-input',
  'fault/pair-faults',
  'e2e/firewall',
  'lab/acl',
  'lab/loadbalancer',
  'fault/agent-killed',
  'lab/redundant-networks',
  'e2e/routed',
  'e2e/vpc',
  'e2e/redeploy',
  'e2e/nat',
  'fault/managers',
  'e2e/router',
  'e2e/loadbalancer',
  'lab/move',
  'lab/nat-inward',
  'lab/redundancy',
  'e2e/two-hosts',
  'e2e/remote-access',
  'fault/vpc',
  'lab/dhcp',
  'e2e/vpn',
  'fault/agent-patch',
  'lab/orchestration',
  'fault/router-services',
  'fault/agent-container',
  'lab/vpc',
  'lab/remote-access',
  'lab/vpn',
  'lab/postgres',
  'lab/security-group',
  'e2e/diagnosis',
  'lab/identity',
  'lab/rule-races',
  'lab/redundancy-vpn',
  'lab/nat-api',
  'lab/guard',
  'lab/plans',
  'lab/ipv6',
  'clients/calls',
  'lab/tenancy',
  'lab/maintenance',
  'lab/managers',
  'lab/limits',
  'lab/explain',
  'lab/publicip',
  'lab/removal',
  'lab/loadbalancer-api',
  'vm/vpc',
  'vm/services',
  'vm/vpn',
  'vm/redundancy',
  'vm/router',
  'vm/two-hosts',
  'vm/kvm',
  'vm/conformance',
  'vm/image',
  'vm/netboot',
].map((name) => join(import.meta.dirname, `${name}.test.ts`))

const place = ({ moduleId }: TestSpecification): number => {
  const index = longestFirst.indexOf(moduleId)
  return index === -1 ? longestFirst.length : index
}

/** The known long ones first, the others as vitest would have them. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => place(a) - place(b))
  }
}
