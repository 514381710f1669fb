import type { Kind } from '../jobs/index.ts'
import type { Reconciler } from '../jobs/worker.ts'
import { createGuestReconciler } from './guest/index.ts'
import { createHostReconciler } from './host/index.ts'
import { createNetworkReconciler, networkFailed } from './network/index.ts'
import { createRemovalReconciler } from './removal/index.ts'
import { createRouterReconciler, routerFailed } from './router/index.ts'
import { createVpcReconciler, vpcFailed } from './vpc/index.ts'
import type { World } from './world.ts'

export { createFollowing } from './follow/index.ts'
export { expungeOverdue } from './guest/expunge.ts'
export { watchHealth } from './ill-routers.ts'
export { pulse } from './pulse.ts'
export { keepRecord } from './record/index.ts'
export { watchRoles } from './redundancy.ts'
export { forgetConnections } from './router/kept.ts'
export { failOverdueJobs, findUnconverged, forgetOldJobs, sweep } from './sweep.ts'
export { collectTraffic } from './traffic.ts'
export { renewVpnCertificates } from './vpn-certificates.ts'
export type { World } from './world.ts'

/** One reconciler per kind of thing. */
export const createReconcilers = (world: World): Readonly<Record<Kind, Reconciler>> => ({
  host: { reconcile: createHostReconciler(world) },
  network: { reconcile: createNetworkReconciler(world), onFailure: networkFailed(world) },
  vpc: { reconcile: createVpcReconciler(world), onFailure: vpcFailed(world) },
  router: { reconcile: createRouterReconciler(world), onFailure: routerFailed(world) },
  guest: { reconcile: createGuestReconciler(world) },
  removal: { reconcile: createRemovalReconciler(world) },
})
