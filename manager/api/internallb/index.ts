import type { Command } from '../command.ts'
import { configureInternalLoadBalancerElement } from './configure-internal-load-balancer-element.ts'
import { createInternalLoadBalancerElement } from './create-internal-load-balancer-element.ts'
import { createLoadBalancer } from './create-load-balancer.ts'
import { deleteLoadBalancer } from './delete-load-balancer.ts'
import { listInternalLoadBalancerElements } from './list-internal-load-balancer-elements.ts'
import { listInternalLoadBalancerVMs } from './list-internal-load-balancer-vms.ts'
import { listLoadBalancers } from './list-load-balancers.ts'
import { updateLoadBalancer } from './update-load-balancer.ts'

export const internallbCommands: readonly Command[] = [
  configureInternalLoadBalancerElement,
  createInternalLoadBalancerElement,
  createLoadBalancer,
  deleteLoadBalancer,
  listInternalLoadBalancerElements,
  listInternalLoadBalancerVMs,
  listLoadBalancers,
  updateLoadBalancer,
]
