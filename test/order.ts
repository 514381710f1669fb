import { join } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files of more than 20 s by the time they took on two quiet cores: a long one that starts last is waited for alone. */
const longestFirst = [
  'lab/image',
  'clients/clients',
  'fault/agent-killed',
  'e2e/firewall',
  'fault/manager',
  'e2e/guest-services',
  'lab/loadbalancer',
  'e2e/vpc',
  'e2e/loadbalancer',
  'e2e/bad-input',
  'lab/orchestration',
  'lab/firewall',
  'e2e/nat',
  'e2e/routed',
  'e2e/redeploy',
  'e2e/router',
  'fault/agent-container',
  'fault/router-services',
  'lab/acl',
  'e2e/diagnosis',
  'lab/dhcp',
  'lab/backoff',
  'lab/ipv6',
  'lab/postgres',
  'lab/health',
  'fault/vpc',
  'lab/nat-inward',
  'e2e/two-hosts',
  'vm/vpc',
  'vm/services',
  'vm/nat',
  'vm/redeploy',
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
