import { hasSecurityGroups } from '../../model/zone.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { mayExpunge } from '../guest/may-expunge.ts'
import { LARGEST_PAGE } from '../paging.ts'
import { defineResponse } from '../response.ts'
import { CLOUDSTACK_VERSION } from '../version.ts'

export const listCapabilities = defineCommand({
  name: 'listCapabilities',
  authorized: everyone,
  description: 'Shows what this cloud can do, for clients that adapt to it.',
  params: {},
  answer: 'object',
  response: defineResponse('capability', {
    cloudstackversion: ['string', 'CloudStack release whose API this is.'],
    securitygroupsenabled: ['boolean', 'Whether zones may keep guests apart by security groups.'],
    dynamicrolesenabled: ['boolean', 'Whether roles can be edited.'],
    userpublictemplateenabled: ['boolean', 'Whether users may publish templates.'],
    supportELB: ['string', 'Whether there are elastic load balancers.'],
    projectinviterequired: ['boolean', 'Whether members of projects must accept.'],
    allowusercreateprojects: ['boolean', 'Whether users may make projects.'],
    regionsecondaryenabled: ['boolean', 'Whether secondary storage spans a region.'],
    kvmsnapshotenabled: ['boolean', 'Whether running guests on KVM can be snapshotted.'],
    allowuserviewdestroyedvm: ['boolean', 'Whether users see destroyed guests.'],
    allowuserexpungerecovervm: ['boolean', 'Whether users may expunge and recover guests.'],
    kubernetesserviceenabled: ['boolean', 'Whether there is a Kubernetes service.'],
    customhypervisordisplayname: ['string', 'How the hypervisor without virtualization is called.'],
    defaultuipagesize: ['long', 'Objects on a page.'],
    dynamicscalingenabled: ['boolean', 'Whether running guests can be resized.'],
  }),
  run: async (context) => ({
    cloudstackversion: CLOUDSTACK_VERSION,
    securitygroupsenabled: await hasSecurityGroups(context.db),
    dynamicrolesenabled: true,
    userpublictemplateenabled: false,
    supportELB: 'false',
    projectinviterequired: false,
    allowusercreateprojects: true,
    regionsecondaryenabled: false,
    kvmsnapshotenabled: false,
    allowuserviewdestroyedvm: true,
    allowuserexpungerecovervm: await mayExpunge(context),
    kubernetesserviceenabled: false,
    customhypervisordisplayname: 'Container',
    defaultuipagesize: Math.min(20, LARGEST_PAGE),
    dynamicscalingenabled: false,
  }),
})
