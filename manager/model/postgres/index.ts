export { type Cluster, openCluster, stopCluster } from './cluster.ts'
