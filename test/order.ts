import { join } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files of more than 20 s on two quiet cores, by the time they took: a long one that starts last is waited for alone. */
const longestFirst = [
  'e2e/redundant',
  'lab/redundant-networks',
  'lab/image',
  'fault/manager',
  'e2e/guest-services',
  'lab/firewall',
  'e2e/routed',
  'clients/clients',
  'lab/loadbalancer',
  'e2e/bad-input',
  'fault/agent-killed',
  'e2e/firewall',
  'lab/api-bad-input',
  'fault/managers',
  'lab/move',
  'e2e/two-hosts',
  'fault/pair-faults',
  'lab/acl',
  'e2e/nat',
  'e2e/loadbalancer',
  'e2e/vpc',
  'e2e/vpn',
  'e2e/remote-access',
  'e2e/redeploy',
  'e2e/router',
  'lab/nat-inward',
  'lab/plans',
  'fault/vpc',
  'lab/redundancy',
  'fault/agent-patch',
  'lab/dhcp',
  'fault/router-services',
  'lab/identity',
  'lab/vpc',
  'lab/orchestration',
  'lab/nat-api',
  'lab/vpn',
  'lab/guard',
  'lab/guests',
  'clients/calls',
  'fault/agent-container',
  'lab/redundancy-vpn',
  'lab/maintenance',
  'lab/remote-access',
  'lab/tenancy',
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
