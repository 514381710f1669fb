export { type Database, migrate, openDatabase } from './database.ts'
export { type Cluster, openCluster, stopCluster } from './postgres/index.ts'
