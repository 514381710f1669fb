import type { Hypervisor } from '../../model/schema.ts'

/** What hosts can be of; Simulator only where the manager is told to have simulated hosts. */
export const HYPERVISORS = ['KVM', 'Container', 'Simulator'] as const satisfies readonly Hypervisor[]
