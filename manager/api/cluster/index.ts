import type { Command } from '../command.ts'
import { addCluster } from './add-cluster.ts'
import { deleteCluster } from './delete-cluster.ts'
import { listClusters } from './list-clusters.ts'
import { listHypervisorCapabilities } from './list-hypervisor-capabilities.ts'
import { listHypervisors } from './list-hypervisors.ts'
import { updateCluster } from './update-cluster.ts'

export const clusterCommands: readonly Command[] = [
  addCluster,
  deleteCluster,
  listClusters,
  listHypervisorCapabilities,
  listHypervisors,
  updateCluster,
]
