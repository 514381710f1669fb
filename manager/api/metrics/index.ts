import type { Command } from '../command.ts'
import { listClustersMetrics } from './list-clusters-metrics.ts'
import { listDbMetrics } from './list-db-metrics.ts'
import { listHostsMetrics } from './list-hosts-metrics.ts'
import { listInfrastructure } from './list-infrastructure.ts'
import { listManagementServersMetrics } from './list-management-servers-metrics.ts'
import { listStoragePoolsMetrics } from './list-storage-pools-metrics.ts'
import { listVirtualMachinesMetrics } from './list-virtual-machines-metrics.ts'
import { listZonesMetrics } from './list-zones-metrics.ts'

export const metricsCommands: readonly Command[] = [
  listClustersMetrics,
  listDbMetrics,
  listHostsMetrics,
  listInfrastructure,
  listManagementServersMetrics,
  listStoragePoolsMetrics,
  listVirtualMachinesMetrics,
  listZonesMetrics,
]
